"""Observation: the lesions of one study as a whole."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from cases.fhir.resources.codings import category, recorded
from cases.fhir.resources.components import components, record_column, says_any
from cases.fhir.resources.elements import (
    LONG_OF_CASE,
    condition_of,
    day,
    parent,
    said,
    subject_of,
)
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Source, reference
from cases.models import LesionSheet

UNSURE = (
    record_column("new_lesions", RecordCode.NEW_LESIONS),
    record_column("growing_nodules", RecordCode.GROWING_NODULES),
    record_column("every_liver_lesion", RecordCode.EVERY_LIVER_LESION),
)
COLUMNS = (*UNSURE, record_column("baseline", RecordCode.BASELINE))


class AllLesions(Source):
    """Whether there are new lesions, and whether response is read from this study on."""

    resource_type: ClassVar[str] = "Observation"
    model = LesionSheet
    narrowings: ClassVar = of_case(
        date=by_day("study__performed_on"), code=by_code(recorded(RecordCode.ALL_LESIONS))
    )

    def rows(self) -> QuerySet[Any]:
        """The sheets that say anything."""
        found = LesionSheet.objects.filter(Q(baseline=True) | says_any(UNSURE))
        return found.select_related("case", "study").defer("study__report", LONG_OF_CASE)

    def gives(self, row: LesionSheet) -> bool:
        """Whether it said anything."""
        return row.baseline or bool(components(row, UNSURE))

    def project(self, row: LesionSheet) -> dict[str, Any]:
        """One component a statement."""
        study = parent(row, "study")
        return said(
            resourceType=self.resource_type,
            status="final",
            category=[category("observation-category", "imaging")],
            code=recorded(RecordCode.ALL_LESIONS),
            subject=subject_of(row),
            focus=[condition_of(row)],
            effectiveDateTime=day(study.performed_on) if study else None,
            derivedFrom=[reference("ImagingStudy", row.study_id)],
            component=components(row, COLUMNS),
        )
