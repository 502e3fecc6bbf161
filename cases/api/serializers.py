"""What goes over the wire: one serializer for each noun, in and out."""

from typing import Any

from rest_framework import serializers

from cases.models import Assessment, Case, Patient, Result, Study
from cases.selectors.facts import RESULT_FACTS


class PatientSerializer(serializers.ModelSerializer):
    """A patient. Name, date of birth and sex may be unknown: empty or null."""

    class Meta:
        model = Patient
        fields = (
            "id", "record_number", "family_name", "given_name", "birth_date", "sex", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")
        extra_kwargs = {"birth_date": {"required": False}}


class CaseSerializer(serializers.ModelSerializer):
    """A case with where it stands."""

    patient = serializers.UUIDField(source="patient_id")
    assessment = serializers.UUIDField(source="assessment_id", read_only=True)
    facts = serializers.DictField(
        write_only=True,
        required=False,
        help_text="Direct answers: fact name of the data dictionary to value, or 'unknown'.",
    )

    class Meta:
        model = Case
        fields = (
            "id", "patient", "title", "board_question", "opened_at", "changed_at", "version",
            "scenario", "board_level", "missing_count", "readiness", "assessment", "facts",
        )  # fmt: skip
        read_only_fields = (
            "id", "opened_at", "changed_at", "version", "scenario", "board_level",
            "missing_count", "readiness",
        )  # fmt: skip


class AnswersSerializer(serializers.Serializer):
    """Direct answers to facts of one case."""

    facts = serializers.DictField(
        allow_empty=False,
        help_text="Fact name to value, 'unknown', or null to take an answer back.",
    )
    source = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)
    if_match = serializers.IntegerField(
        required=False, help_text="The case's version that was seen; refused if it has moved on."
    )


class StudySerializer(serializers.ModelSerializer):
    """One imaging examination; yes-or-no fields are null where unknown."""

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = Study
        fields = (
            "id", "case", "modality", "procedure", "ordered_on", "performed_on", "multiphasic",
            "dwi", "covers_pelvis", "target", "accession_number", "report", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")


class ResultSerializer(serializers.ModelSerializer):
    """What a study showed; fields that are null or empty are unknown."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id", read_only=True)

    class Meta:
        model = Result
        fields = ("id", "study", "case", "outcome", "summary", *RESULT_FACTS, "entered_at")
        read_only_fields = ("id", "entered_at")


class AssessmentSerializer(serializers.ModelSerializer):
    """What one edition of the guidance said of a case's facts at one time."""

    case = serializers.UUIDField(source="case_id")
    edition = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = (
            "id", "case", "made_at", "evaluated_on", "edition", "scenario", "branch",
            "board_level", "facts", "origins", "answer",
        )  # fmt: skip

    def get_edition(self, assessment: Assessment) -> dict[str, Any]:
        """Version and content hash."""
        return {"version": assessment.edition_version, "hash": assessment.edition_hash}
