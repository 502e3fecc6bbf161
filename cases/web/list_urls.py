"""Addresses of the case list."""

from django.urls import path

from cases.web import case_list

urlpatterns = [
    path("cases/", case_list.case_list_page, name="case_list"),
    path("cases/export/", case_list.export, name="case_export"),
    path("cases/put-on/", case_list.put_on, name="cases_put_on"),
    path("cases/views/save/", case_list.view_save, name="view_save"),
    path("cases/views/<uuid:view_id>/remove/", case_list.view_remove, name="view_remove"),
]
