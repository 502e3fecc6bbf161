"""Observation: what a lesion counts as when response is read."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources.codings import category, concept, recorded
from cases.fhir.resources.components import components, record_column
from cases.fhir.resources.elements import LONG_OF_CASE, said, subject_of
from cases.fhir.resources.narrowings import by_code, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Source, reference
from cases.models import Lesion
from cases.models.lesion import LesionRole

COLUMNS = (record_column("treated_locally", RecordCode.TREATED_LOCALLY),)


def lesions() -> QuerySet[Any]:
    """Every lesion."""
    return Lesion.objects.select_related("case").defer(LONG_OF_CASE)


class LesionReading(Source):
    """Target, non-target or new, and into which other lesion it has grown."""

    resource_type: ClassVar[str] = "Observation"
    model = Lesion
    shared = staticmethod(lesions)
    suffix: ClassVar[str] = "role"
    narrowings: ClassVar = of_case(code=by_code(recorded(RecordCode.LESION_ROLE)))

    def rows(self) -> QuerySet[Any]:
        """Every lesion."""
        return lesions()

    def project(self, row: Lesion) -> dict[str, Any]:
        """The role, and what else response reading knows of the lesion."""
        role = LesionRole(row.role)
        return said(
            resourceType=self.resource_type,
            status="final",
            category=[category("observation-category", "imaging")],
            code=recorded(RecordCode.LESION_ROLE),
            subject=subject_of(row),
            focus=[reference("BodyStructure", row.pk)],
            valueCodeableConcept=concept(f"lesion-role/{role}", str(role.label)),
            component=[*components(row, COLUMNS), *_kin(row)],
        )


def _kin(row: Lesion) -> list[dict[str, Any]]:
    """Lesions that this one came from or went into, by the ids of their structures."""
    kin = (
        (RecordCode.MERGED_INTO, row.merged_into_id),
        (RecordCode.SPLIT_FROM, row.split_from_id),
    )
    return [
        {"code": recorded(code), "valueString": f"BodyStructure/{key}"}
        for code, key in kin
        if key is not None
    ]
