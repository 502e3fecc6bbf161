"""Addresses of the guidance library, and of an institution's choices."""

from django.urls import path

from guidance.web import library, settings

urlpatterns = [path("", library.library, name="guidance_library")]

#: Below `/i/<slug>/`.
institution_patterns = [path("settings/", settings.settings, name="institution_settings")]
