"""Addresses of SMART App Launch."""

from django.urls import path

from cases.web import launch, launched

#: Below `/smart/<slug>/`: what EHRs are told, and nobody is signed in yet.
launch_patterns = [
    path("", launch.start, name="smart_start"),
    path("launch", launch.launch, name="smart_launch"),
    path("<uuid:ehr_id>/", launch.begin, name="smart_begin"),
    path("<uuid:ehr_id>/callback", launch.callback, name="smart_callback"),
]

#: Below `/i/<slug>/`.
urlpatterns = [
    path("launched/", launched.launched, name="launched"),
    path("launched/link/", launched.link, name="launched_link"),
]
