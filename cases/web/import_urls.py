"""Addresses of the import pages."""

from django.urls import URLPattern, path

from cases.web import imports

urlpatterns: list[URLPattern] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:file_id>/", imports.progress, name="import_progress"),
    path("imports/<uuid:file_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<uuid:file_id>/check/", imports.check, name="import_check"),
    path("imports/<uuid:file_id>/bad-rows.csv", imports.bad_rows, name="import_bad_rows"),
]
