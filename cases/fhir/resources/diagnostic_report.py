"""DiagnosticReport: what radiology said of a study, and pathology of a specimen."""

import base64
import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet

from cases.fhir.references import extension, instant
from cases.fhir.resources.codings import category, concept, recorded
from cases.fhir.resources.elements import LONG_OF_CASE, day, parent, said, subject_of
from cases.fhir.resources.imaging_study import PERFORMED, is_performed, procedure_of
from cases.fhir.resources.measurement import measured_on
from cases.fhir.resources.narrowings import by_day, of_case
from cases.fhir.resources.outcome import observations_of
from cases.fhir.resources.pathology import findings_of
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Source, reference
from cases.models import Measurement, Result, Specimen, Study
from cases.models.specimen import SpecimenKind


class ImagingReport(Source):
    """The result of a study: its conclusion in words and by code, what it rests on, its text.

    The text is the radiologist's report, which stands with the study.
    """

    resource_type: ClassVar[str] = "DiagnosticReport"
    model = Result
    narrowings: ClassVar = of_case(date=by_day("study__performed_on"))

    def rows(self) -> QuerySet[Any]:
        """Every result, with its study and what was measured on it."""
        measured = Prefetch(
            "study__measurements",
            queryset=Measurement.objects.order_by("entered_at", "id"),
            to_attr="measured",
        )
        return (
            Result.objects.select_related("case", "study")
            .defer(LONG_OF_CASE)
            .prefetch_related(measured)
        )

    def project(self, row: Result) -> dict[str, Any]:
        """The report."""
        study = parent(row, "study")
        words = str(row.get_outcome_display())
        return said(
            resourceType=self.resource_type,
            extension=_reported(study.reported_on) if study else [],
            status="final",
            category=[category("v2-0074", "RAD")],
            code=procedure_of(study) if study else {"text": "Imaging"},
            subject=subject_of(row),
            effectiveDateTime=day(study.performed_on) if study else None,
            issued=instant(row.entered_at),
            result=[*observations_of(row), *(measured_on(_measured(study)) if study else [])],
            imagingStudy=[reference("ImagingStudy", row.study_id)],
            conclusion=row.summary,
            conclusionCode=[concept(f"fact/study_outcome/{row.outcome}", words)],
            presentedForm=_text(study.report) if study else [],
        )


class ReportOnly(Source):
    """The radiologist's text on a study whose result nobody has entered yet.

    Once somebody enters it, the report is that of the result.
    """

    resource_type: ClassVar[str] = "DiagnosticReport"
    model = Study
    suffix: ClassVar[str] = "report"
    narrowings: ClassVar = of_case(date=by_day("performed_on"))

    def rows(self) -> QuerySet[Any]:
        """The performed studies that are reported and have no result."""
        reported = Q(reported_on__isnull=False) | ~Q(report="")
        found = Study.objects.filter(PERFORMED & reported, results=None)
        return found.select_related("case").defer(LONG_OF_CASE)

    def gives(self, row: Study) -> bool:
        """Whether it was performed and reported."""
        return is_performed(row) and bool(row.report or row.reported_on)

    def project(self, row: Study) -> dict[str, Any]:
        """The text, without a conclusion."""
        return said(
            resourceType=self.resource_type,
            extension=_reported(row.reported_on),
            status="final",
            category=[category("v2-0074", "RAD")],
            code=procedure_of(row),
            subject=subject_of(row),
            effectiveDateTime=day(row.performed_on),
            imagingStudy=[reference("ImagingStudy", row.pk)],
            presentedForm=_text(row.report),
        )


class PathologyReport(Source):
    """What pathology reported of one specimen."""

    resource_type: ClassVar[str] = "DiagnosticReport"
    model = Specimen
    suffix: ClassVar[str] = "report"
    narrowings: ClassVar = of_case(date=by_day("taken_on"))

    def rows(self) -> QuerySet[Any]:
        """The specimens that have a report, by its date or its text."""
        reported = Q(reported_on__isnull=False) | ~Q(report="")
        return Specimen.objects.filter(reported).select_related("case").defer(LONG_OF_CASE)

    def gives(self, row: Specimen) -> bool:
        """Whether it was reported."""
        return bool(row.report or row.reported_on)

    def project(self, row: Specimen) -> dict[str, Any]:
        """The report."""
        section = "CP" if row.kind == SpecimenKind.CYTOLOGY else "SP"
        return said(
            resourceType=self.resource_type,
            extension=_reported(row.reported_on),
            status="final",
            category=[category("v2-0074", section)],
            code=recorded(RecordCode.PATHOLOGY_REPORT),
            subject=subject_of(row),
            effectiveDateTime=day(row.taken_on),
            performer=[{"display": row.laboratory}] if row.laboratory else [],
            specimen=[reference("Specimen", row.pk)],
            result=findings_of(row),
            presentedForm=_text(row.report),
        )


def _measured(study: Any) -> Sequence[Measurement]:
    found = getattr(study, "measured", None)
    return list(study.measurements.order_by("entered_at", "id") if found is None else found)


def _text(report: str) -> list[dict[str, Any]]:
    """A report's text as it was entered."""
    if not report:
        return []
    data = base64.b64encode(report.encode()).decode()
    return [{"contentType": "text/plain; charset=utf-8", "data": data}]


def _reported(on: datetime.date | None) -> list[dict[str, Any]]:
    """The day on which a report was given; `issued` would need a time of the day."""
    return [extension("reported-on", valueDate=on.isoformat())] if on else []
