"""Observation: the best that a treatment reached."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources.codings import category, concept, recorded
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.narrowings import by_code, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.resources.treatment import resource_type_of, treatments
from cases.fhir.source import Source, reference
from cases.models import Treatment


class BestResponse(Source):
    """As a person recorded it, in the categories of RECIST. When it was reached nobody says."""

    resource_type: ClassVar[str] = "Observation"
    model = Treatment
    shared = staticmethod(treatments)
    suffix: ClassVar[str] = "best-response"
    narrowings: ClassVar = of_case(code=by_code(recorded(RecordCode.BEST_RESPONSE)))

    def rows(self) -> QuerySet[Any]:
        """The treatments with a best response."""
        return treatments().exclude(best_response="")

    def gives(self, row: Treatment) -> bool:
        """Whether one was recorded."""
        return bool(row.best_response)

    def project(self, row: Treatment) -> dict[str, Any]:
        """The category, and of which treatment."""
        words = str(row.get_best_response_display())
        return said(
            resourceType=self.resource_type,
            partOf=[reference(resource_type_of(row), row.pk)],
            status="final",
            category=[category("observation-category", "therapy")],
            code=recorded(RecordCode.BEST_RESPONSE),
            subject=subject_of(row),
            focus=[condition_of(row)],
            valueCodeableConcept=concept(f"response/{row.best_response}", words),
        )
