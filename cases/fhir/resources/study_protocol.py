"""Observation: how an examination was made, and the dose of it."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.resources.codings import category, recorded
from cases.fhir.resources.components import components, fact_column, record_column, says_any
from cases.fhir.resources.elements import LONG_OF_CASE, day, said, subject_of
from cases.fhir.resources.imaging_study import PERFORMED, is_performed
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.source import Source, reference
from cases.models import Study
from cases.models.study import Contrast, OrderTarget, Phase, Region, Sequence, Tracer

COLUMNS = (
    record_column("multiphasic", RecordCode.MULTIPHASIC),
    record_column("dwi", RecordCode.DWI),
    record_column("covers_pelvis", RecordCode.COVERS_PELVIS),
    record_column(
        "phases", RecordCode.PHASES, values="fact/ordered_phases", words=dict(Phase.choices)
    ),
    fact_column("contrast_flow_rate_ml_s", "contrast_flow_ml_s"),
    record_column(
        "target", RecordCode.TARGET, values="order-target", words=dict(OrderTarget.choices)
    ),
    record_column("contrast", RecordCode.CONTRAST, values="contrast", words=dict(Contrast.choices)),
    record_column(
        "sequences", RecordCode.SEQUENCES, values="sequence", words=dict(Sequence.choices)
    ),
    record_column("coverage", RecordCode.COVERAGE, values="region", words=dict(Region.choices)),
    record_column("tracer", RecordCode.TRACER, values="tracer", words=dict(Tracer.choices)),
    record_column("activity_mbq", RecordCode.ACTIVITY, unit="MBq"),
    record_column("ctdi_vol_mgy", RecordCode.CTDI_VOL, unit="mGy"),
    record_column("dlp_mgy_cm", RecordCode.DOSE_LENGTH_PRODUCT, unit="mGy·cm"),
    record_column("effective_dose_msv", RecordCode.EFFECTIVE_DOSE, unit="mSv"),
)
AS_TEXT = ("target", "contrast", "tracer")


class StudyProtocol(Source):
    """The protocol as acquired, one component a setting."""

    resource_type: ClassVar[str] = "Observation"
    model = Study
    suffix: ClassVar[str] = "protocol"
    narrowings: ClassVar = of_case(
        date=by_day("performed_on"), code=by_code(recorded(RecordCode.PROTOCOL))
    )

    def rows(self) -> QuerySet[Any]:
        """The performed studies of which anything is noted."""
        says = says_any(COLUMNS, texts=AS_TEXT)
        return (
            Study.objects.filter(PERFORMED)
            .filter(says)
            .select_related("case")
            .defer("report", LONG_OF_CASE)
        )

    def gives(self, row: Study) -> bool:
        """Whether it was performed and anything was noted."""
        return is_performed(row) and bool(components(row, COLUMNS))

    def project(self, row: Study) -> dict[str, Any]:
        """The settings that are known."""
        return said(
            resourceType=self.resource_type,
            status="final",
            category=[category("observation-category", "imaging")],
            code=recorded(RecordCode.PROTOCOL),
            subject=subject_of(row),
            effectiveDateTime=day(row.performed_on),
            derivedFrom=[reference("ImagingStudy", row.pk)],
            component=components(row, COLUMNS),
        )
