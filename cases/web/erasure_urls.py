"""Addresses of erasures."""

from django.urls import path

from cases.web import erasures

urlpatterns = [
    path("erasures/", erasures.erasures, name="erasures"),
    path("erasures/retention/", erasures.retention, name="retention"),
    path("patients/<uuid:patient_id>/erase/", erasures.erase, name="patient_erase"),
]
