"""Resources of which there is nothing but the document: kept, found and sent as they came."""

import json
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from cases.fhir.keeping import Json, bare
from cases.fhir.source import Source
from cases.models import FhirDocument

#: Types that become rows where they can be read, and documents where they cannot.
WRITTEN = (
    "BodyStructure",
    "Condition",
    "DiagnosticReport",
    "ImagingStudy",
    "MedicationAdministration",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
    "Specimen",
)


def documents() -> QuerySet[Any]:
    """Documents that stand alone, with the patient whose key opens them."""
    return FhirDocument.objects.filter(stands_alone=True).select_related("patient")


class Documents(Source):
    """Documents of one type that stand alone.

    Args:
        resource_type: of which.
    """

    model = FhirDocument
    patient = "patient_id"
    case = "case_id"
    stamp = "received_at"
    shared = staticmethod(documents)

    def __init__(self, resource_type: str) -> None:
        self.resource_type = resource_type  # type: ignore[misc]

    def rows(self) -> QuerySet[Any]:
        """Those of the type."""
        return documents().filter(resource_type=self.resource_type)

    def is_among(self, row: Any) -> bool:
        """Whether it is of the type."""
        return bool(row.resource_type == self.resource_type)

    def project(self, row: Any) -> Json:
        """The resource as it came."""
        return bare(parsed(row.document))

    def gives(self, row: Any) -> bool:
        """Not of another type; nor where its key was destroyed, or it is gone and was of nobody."""
        is_of_type = row.resource_type == self.resource_type
        return bool(is_of_type and row.stands_alone and row.document)


def parsed(text: str) -> Json:
    """A kept text as JSON, with numbers just as they were written."""
    found: Json = json.loads(text, parse_float=Decimal)
    return found
