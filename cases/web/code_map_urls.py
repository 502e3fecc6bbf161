"""Addresses of the codes of hospital systems."""

from django.urls import path

from cases.web import code_maps

urlpatterns = [
    path("codes/", code_maps.listing, name="codes"),
    path("codes/new/", code_maps.new, name="code_new"),
    path("codes/export.<str:ending>", code_maps.export, name="codes_export"),
    path("codes/import/", code_maps.upload, name="codes_import"),
    path("codes/import/<uuid:code_file_id>/", code_maps.uploaded, name="code_map_file"),
    path("codes/unmapped/<uuid:unmapped_id>/", code_maps.from_unmapped, name="code_unmapped"),
    path("codes/<uuid:mapping_id>/", code_maps.change, name="code_change"),
    path("codes/<uuid:mapping_id>/confirm/", code_maps.confirm, name="code_confirm"),
    path("codes/<uuid:mapping_id>/retire/", code_maps.retire, name="code_retire"),
]
