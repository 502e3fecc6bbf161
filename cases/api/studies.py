"""Studies over the wire: read, add, change."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, codes
from cases.models import Case, Study
from cases.models.study import Modality, Phase, Region, Sequence
from cases.services import studies
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "case": ID,
    "modality": "MRI",
    "procedure": "MRI_AP_WWO",
    "ordered_on": "2026-11-02",
    "performed_on": "2026-11-09",
    "multiphasic": True,
    "contrast": "gadolinium",
    "phases": ["late_arterial", "portal_venous"],
}


@shown_as({"id": ID, **EXAMPLE, "created_at": AT}, A_performed_study=EXAMPLE)
class StudySerializer(RowSerializer):
    """One imaging examination; yes-or-no fields and lists are null where unknown."""

    case = serializers.UUIDField(source="case_id")
    phases = codes(Phase)
    sequences = codes(Sequence)
    coverage = codes(Region)

    class Meta:
        model = Study
        fields = (
            "id", "case", "modality", "procedure", "ordered_on", "performed_on", "reported_on",
            "multiphasic", "dwi", "covers_pelvis", "target", "contrast", "contrast_flow_ml_s",
            "phases", "sequences", "coverage", "tracer", "activity_mbq", "ctdi_vol_mgy",
            "dlp_mgy_cm", "effective_dose_msv", "performing_site", "accession_number",
            "study_uid", "report", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")
        fixed = ("case",)


class StudyList(ReadList):
    """Studies."""

    model = Study
    resource = "ImagingStudy"
    serializer_class = StudySerializer
    one = "api_study"
    filters: ClassVar = {"case": by_id("case_id"), "modality": by_code("modality", Modality)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @lists(StudySerializer)
    def get(self, request: Request) -> Response:
        """The institution's studies."""
        return self.answer_page()

    @adds(StudySerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a study to a case."""
        values = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(studies.add(case=case, by=request.user, **values))


class StudyOne(Changes):
    """One study."""

    model = Study
    resource = "ImagingStudy"
    serializer_class = StudySerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PATCH": Permission.RESULT_WRITE}

    def change(self, row: Study, values: dict[str, Any]) -> Study:
        """Change columns of a study: it was performed, its report came."""
        return studies.change(study=row, by=self.request.user, **values)
