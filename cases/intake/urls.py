"""Addresses of the doors, below `/intake/<slug>/`."""

from django.urls import path

from cases.intake.doors import FhirDoor, Hl7v2Door

urlpatterns = [
    path("hl7v2", Hl7v2Door.as_view(), name="intake_hl7v2"),
    path("fhir", FhirDoor.as_view(), name="intake_fhir"),
]
