"""Addresses of studies, their files and the board's readings."""

from django.urls import path

from cases.web import rereadings, studies, study_files

urlpatterns = [
    path("studies/<uuid:study_id>/", studies.show, name="study"),
    path("studies/<uuid:study_id>/files/new/", study_files.upload, name="study_file_new"),
    path("studies/<uuid:study_id>/rereadings/new/", rereadings.new, name="rereading_new"),
    path("rereadings/<uuid:rereading_id>/edit/", rereadings.edit, name="rereading_edit"),
    path("study-files/<uuid:study_file_id>/", study_files.show, name="study_file"),
    path(
        "study-files/<uuid:study_file_id>/content/",
        study_files.download,
        name="study_file_content",
    ),
    path(
        "study-files/<uuid:study_file_id>/confirm/", study_files.confirm, name="study_file_confirm"
    ),
    path(
        "study-files/<uuid:study_file_id>/discard/", study_files.discard, name="study_file_discard"
    ),
    path("series/<uuid:series_id>/preview/", study_files.preview, name="series_preview"),
]
