"""Observation: a value from the laboratory."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources import mcode
from cases.fhir.resources.codings import category, concept, quantity
from cases.fhir.resources.elements import LONG_OF_CASE, condition_of, day, notes, said, subject_of
from cases.fhir.resources.narrowings import by_column_code, by_day, of_case
from cases.fhir.source import Source
from cases.models import LabResult
from cases.selectors.analytes import catalogue

#: The panel of `analytes.yaml` whose values are read as markers of the tumor.
MARKERS = "markers"


class LaboratoryValue(Source):
    """A value of one analyte.

    A tumor marker or a hormone of the tumor keeps to mCODE's profile and names the tumor; what the
    kidney, the liver and the blood say does not.
    """

    resource_type: ClassVar[str] = "Observation"
    model = LabResult
    narrowings: ClassVar = of_case(
        date=by_day("taken_on"),
        code=by_column_code("analyte", "analyte", lambda: list(catalogue().analytes)),
    )

    def rows(self) -> QuerySet[Any]:
        """Every value."""
        return LabResult.objects.select_related("case").defer(LONG_OF_CASE)

    def project(self, row: LabResult) -> dict[str, Any]:
        """The value in the unit in which the laboratory gave it, with its limits."""
        analyte = catalogue().analytes.get(row.analyte)
        words = analyte.name if analyte else row.analyte
        is_marker = analyte is not None and (analyte.panel == MARKERS or analyte.hormone)
        return said(
            resourceType=self.resource_type,
            meta={"profile": [mcode.TUMOR_MARKER_TEST]} if is_marker else {},
            extension=[mcode.related_condition(condition_of(row))] if is_marker else [],
            status="final",
            category=[category("observation-category", "laboratory")],
            code=concept(f"analyte/{row.analyte}", words, unit=row.unit),
            subject=subject_of(row),
            effectiveDateTime=day(row.taken_on),
            performer=[{"display": row.laboratory}] if row.laboratory else [],
            valueQuantity=quantity(row.value, row.unit, comparator=row.comparator),
            referenceRange=_range(row),
            note=notes(row.note),
        )


def _range(row: LabResult) -> list[dict[str, Any]]:
    limits = said(
        low=None if row.lower_limit is None else quantity(row.lower_limit, row.unit),
        high=None if row.upper_limit is None else quantity(row.upper_limit, row.unit),
    )
    return [limits] if limits else []
