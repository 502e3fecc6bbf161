"""Studies over the wire: read, add, change, and what files they have."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, ReadOne, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, codes
from cases.models import Case, Study, StudyFile
from cases.models.study import Modality, Phase, Region, Sequence
from cases.models.study_file import FileKind, FileState
from cases.services import studies
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


@shown_as(
    {
        "id": ID,
        "study": ID,
        "case": ID,
        "kind": "pdf",
        "size": 48_213,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "state": "stored",
        "virus_check": "clean",
        "uploaded_at": AT,
    }
)
class StudyFileSerializer(serializers.ModelSerializer):
    """What is known of a file. Neither its name nor its content: both may name the patient."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = StudyFile
        fields = (
            "id", "study", "case", "kind", "size", "sha256", "state", "virus_check", "uploaded_at",
        )  # fmt: skip


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
    def post(self, request: Request) -> Response:
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


class StudyFileList(ReadList):
    """What files studies have."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
    filters: ClassVar = {
        "case": by_id("case_id"),
        "study": by_id("study_id"),
        "kind": by_code("kind", FileKind),
        "state": by_code("state", FileState),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @lists(StudyFileSerializer)
    def get(self, request: Request) -> Response:
        """What files the institution's studies have."""
        return self.answer_page()


class StudyFileOne(ReadOne):
    """What is known of one file of a study."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
