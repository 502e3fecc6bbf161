"""Addresses of pathology and of what was done: specimens, treatments, procedures."""

from django.urls import path

from cases.web import procedures, specimens, treatments

urlpatterns = [
    path("cases/<uuid:case_id>/pathology/", specimens.listing, name="pathology"),
    path("cases/<uuid:case_id>/pathology/new/", specimens.new, name="specimen_new"),
    path("specimens/<uuid:specimen_id>/edit/", specimens.edit, name="specimen_edit"),
    path("specimens/<uuid:specimen_id>/remove/", specimens.remove, name="specimen_remove"),
    path("cases/<uuid:case_id>/treatments/none/", treatments.none_given, name="treatments_none"),
    path("treatments/<uuid:treatment_id>/edit/", treatments.edit, name="treatment_edit"),
    path("cases/<uuid:case_id>/procedures/new/", procedures.new, name="procedure_new"),
    path("procedures/<uuid:procedure_id>/edit/", procedures.edit, name="procedure_edit"),
    path("procedures/<uuid:procedure_id>/remove/", procedures.remove, name="procedure_remove"),
]
