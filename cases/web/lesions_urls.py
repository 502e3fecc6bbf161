"""Addresses of the pages of lesions and their measurements."""

from django.urls import path

from cases.web import lesions, measurements

urlpatterns = [
    path("cases/<uuid:case_id>/lesions/", lesions.show, name="lesions"),
    path("cases/<uuid:case_id>/lesions/new/", lesions.new, name="lesion_new"),
    path("lesions/<uuid:lesion_id>/edit/", lesions.edit, name="lesion_edit"),
    path("lesions/<uuid:lesion_id>/remove/", lesions.remove, name="lesion_remove"),
    path("studies/<uuid:study_id>/measurements/", measurements.enter, name="measurements_enter"),
]
