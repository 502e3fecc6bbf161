"""Addresses of the pages of laboratory values and of feasibility."""

from django.urls import path

from cases.web import feasibility, labs

CASE = "cases/<uuid:case_id>/"

urlpatterns = [
    path(f"{CASE}labs/", labs.listing, name="labs"),
    path(f"{CASE}labs/new/", labs.new, name="labs_new"),
    path(f"{CASE}labs/paste/", labs.paste, name="labs_paste"),
    path("lab-results/<uuid:lab_result_id>/edit/", labs.edit, name="lab_result_edit"),
    path("lab-results/<uuid:lab_result_id>/remove/", labs.remove, name="lab_result_remove"),
    path(f"{CASE}feasibility/", feasibility.show, name="feasibility"),
    path(f"{CASE}devices/new/", feasibility.device_new, name="device_new"),
    path(f"{CASE}devices/<uuid:device_id>/edit/", feasibility.device_edit, name="device_edit"),
    path(
        f"{CASE}devices/<uuid:device_id>/remove/",
        feasibility.device_remove,
        name="device_remove",
    ),
    path(f"{CASE}allergies/new/", feasibility.allergy_new, name="allergy_new"),
    path(
        f"{CASE}allergies/<uuid:allergy_id>/edit/",
        feasibility.allergy_edit,
        name="allergy_edit",
    ),
    path(
        f"{CASE}allergies/<uuid:allergy_id>/remove/",
        feasibility.allergy_remove,
        name="allergy_remove",
    ),
]
