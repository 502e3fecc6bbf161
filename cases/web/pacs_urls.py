"""Addresses of the picture archive."""

from django.urls import path

from cases.web import pacs, pacs_settings

urlpatterns = [
    path("cases/<uuid:case_id>/pacs/", pacs.studies, name="case_pacs"),
    path("settings/pacs/", pacs_settings.settings, name="pacs_settings"),
    path("settings/pacs/test/", pacs_settings.test, name="pacs_test"),
    path("settings/pacs/remove/", pacs_settings.remove, name="pacs_remove"),
]
