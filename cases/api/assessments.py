"""Assessments over the wire: read."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.models import Assessment
from tumorboard.accounts.permissions import Permission


class EditionSerializer(serializers.Serializer):
    """Which edition of the guidance: its version and the hash of its content."""

    version = serializers.CharField(source="edition_version")
    hash = serializers.CharField(source="edition_hash")


@shown_as(
    {
        "id": ID,
        "case": ID,
        "made_at": AT,
        "evaluated_on": "2026-11-12",
        "edition": {"version": "2025.1", "hash": "5f70bf18a086007016e948b04aed3b82103a36be"},
        "scenario": "SC-01",
        "branch": "B-01-POS",
        "board_level": "yes",
        "facts": {"clinical_question": "distant_staging"},
        "origins": {"clinical_question": {"text": "answered on 12 Nov 2026 from API"}},
        "answer": {"scenario": "SC-01"},
    }
)
class AssessmentSerializer(serializers.ModelSerializer):
    """What one edition of the guidance said of a case's facts at one time."""

    case = serializers.UUIDField(source="case_id")
    edition = EditionSerializer(source="*")

    class Meta:
        model = Assessment
        fields = (
            "id", "case", "made_at", "evaluated_on", "edition", "scenario", "branch",
            "board_level", "facts", "origins", "answer",
        )  # fmt: skip


class AssessmentList(ReadList):
    """Assessments."""

    model = Assessment
    resource = "GuidanceResponse"
    serializer_class = AssessmentSerializer
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @lists(AssessmentSerializer)
    def get(self, request: Request) -> Response:
        """The institution's assessments."""
        return self.answer_page()


class AssessmentOne(ReadOne):
    """One assessment."""

    model = Assessment
    resource = "GuidanceResponse"
    serializer_class = AssessmentSerializer
