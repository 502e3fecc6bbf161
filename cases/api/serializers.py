"""What goes over the wire: one serializer for each noun, in and out."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cases.models import Assessment, Case, Patient, Result, Study
from cases.models.study import Phase, Region, Sequence
from cases.selectors.facts import RESULT_FACTS
from cases.services.errors import Invalid
from cases.services.fact_answers import checked

ID = "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11"


class Text(serializers.CharField):
    """Text that was sent as text: a number would come out otherwise than it was written."""

    def to_internal_value(self, data: Any) -> str:
        """The text, without space around it."""
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value


class YesNo(serializers.BooleanField):
    """true or false, and no other word for them."""

    def to_internal_value(self, data: Any) -> bool:
        """True or false."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Strict(serializers.Serializer):
    """A body in which every field is known and may be written; others are errors, not ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values, or the reasons of every field at once."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    errors[name] = ["There is no such field."]
                elif self.fields[name].read_only:
                    errors[name] = ["This field cannot be written."]
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return values


class PlainDigits:
    """For fields whose text is digits: those of ASCII alone, without the underscores of Python."""

    def to_internal_value(self, data: Any) -> Any:
        """What the text stands for."""
        if isinstance(data, str) and not (data.isascii() and "_" not in data):
            message = "Write it with the digits 0 to 9."
            raise serializers.ValidationError(message)
        return super().to_internal_value(data)  # type: ignore[misc]


class Whole(PlainDigits, serializers.IntegerField):
    """A whole number."""


class Fraction(PlainDigits, serializers.DecimalField):
    """A number with decimals."""


class Day(PlainDigits, serializers.DateField):
    """A date."""


class RowSerializer(Strict, serializers.ModelSerializer):
    """A row of the record."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.BooleanField: YesNo,
        models.IntegerField: Whole,
        models.PositiveIntegerField: Whole,
        models.PositiveSmallIntegerField: Whole,
        models.DecimalField: Fraction,
        models.DateField: Day,
    }


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": True,
        "examples": [{"clinical_question": "distant_staging", "ki67_percent": 4.5}],
    }
)
class Answers(serializers.DictField):
    """Direct answers by fact, each checked against the data dictionary."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The answers as they were given."""
        answers: dict[str, Any] = super().to_internal_value(data)
        try:
            checked(answers)
        except Invalid as error:
            raise serializers.ValidationError(error.errors) from None
        return answers


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A patient",
            request_only=True,
            value={
                "record_number": "N-0001",
                "family_name": "Example",
                "given_name": "Alex",
                "birth_date": "1968-05-02",
                "sex": "female",
            },
        ),
        OpenApiExample(
            "A pseudonymous patient", request_only=True, value={"record_number": "STUDY-17"}
        ),
    ]
)
class PatientSerializer(RowSerializer):
    """A patient. Name, date of birth and sex may be unknown: empty or null."""

    confirmed_new = YesNo(
        write_only=True,
        required=False,
        help_text="true: somebody has looked, and nobody who is here already is this patient. "
        "Else a patient whose name and date of birth are those of another one, or nearly, is a "
        "conflict of the type urn:tumorboard:problem:possible-duplicate, which names `candidates`.",
    )

    class Meta:
        model = Patient
        fields = (
            "id", "record_number", "family_name", "given_name", "birth_date", "sex", "created_at",
            "confirmed_new",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")


@extend_schema_serializer(
    examples=[
        OpenApiExample("A record number", request_only=True, value={"record_number": "N-0001"})
    ]
)
class SearchSerializer(Strict):
    """A record number, in a body: addresses are logged, and it is patient data."""

    record_number = Text(max_length=60)


class FoundSerializer(serializers.Serializer):
    """The patient with the record number, or nobody."""

    results = PatientSerializer(many=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A case with its first answers",
            request_only=True,
            value={
                "patient": ID,
                "title": "NET of the pancreatic tail",
                "board_question": "Resection first?",
                "facts": {"clinical_question": "distant_staging", "ki67_percent": 1},
            },
        )
    ]
)
class CaseSerializer(RowSerializer):
    """A case with where it stands."""

    patient = serializers.UUIDField(source="patient_id")
    assessment = serializers.UUIDField(source="assessment_id", read_only=True)
    facts = Answers(
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


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two answers, and one taken back",
            request_only=True,
            value={
                "facts": {"ki67_percent": 4.5, "cga_trend": "unknown", "mri_tolerated": None},
                "source": "Pathology report of 12 Nov 2026",
                "if_match": 3,
            },
        )
    ]
)
class AnswersSerializer(Strict):
    """Direct answers to facts of one case."""

    facts = Answers(
        allow_empty=False,
        help_text="Fact name to value, 'unknown', or null to take an answer back.",
    )
    source = Text(required=False, default="", max_length=200, allow_blank=True)
    if_match = serializers.IntegerField(
        required=False, help_text="The case's version that was seen; refused if it has moved on."
    )


def _codes(choices: type[models.TextChoices]) -> serializers.ListField:
    """A list of codes; null where nobody noted them."""
    code = serializers.ChoiceField(choices=choices.choices)
    return serializers.ListField(child=code, allow_null=True, required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A performed study",
            request_only=True,
            value={
                "case": ID,
                "modality": "MRI",
                "procedure": "MRI_AP_WWO",
                "ordered_on": "2026-11-02",
                "performed_on": "2026-11-09",
                "multiphasic": True,
                "contrast": "gadolinium",
                "phases": ["late_arterial", "portal_venous"],
            },
        )
    ]
)
class StudySerializer(RowSerializer):
    """One imaging examination; yes-or-no fields and lists are null where unknown."""

    case = serializers.UUIDField(source="case_id")
    phases = _codes(Phase)
    sequences = _codes(Sequence)
    coverage = _codes(Region)

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


#: What a nuclear study shows, beside the facts of every result.
UPTAKE = (
    "sstr_result",
    "krenning_grade",
    "sstr_uptake_homogeneous",
    "sstr_suvmax",
    "fdg_result",
)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A result",
            request_only=True,
            value={
                "study": ID,
                "outcome": "progression",
                "summary": "Two new lesions in segment VI.",
                "new_lesions": True,
            },
        )
    ]
)
class ResultSerializer(RowSerializer):
    """What a study showed; fields that are null or empty are unknown."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id", read_only=True)

    class Meta:
        model = Result
        fields = (
            "id", "study", "case", "outcome", "summary", *RESULT_FACTS, *UPTAKE, "kept_reason",
            "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")


class EditionSerializer(serializers.Serializer):
    """Which edition of the guidance: its version and the hash of its content."""

    version = serializers.CharField(source="edition_version")
    hash = serializers.CharField(source="edition_hash")


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


class FaultSerializer(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="Dotted, as in `facts.ki67_percent`; empty: the whole.")
    reason = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A value that cannot be accepted",
            response_only=True,
            value={
                "type": "urn:tumorboard:problem:unprocessable-entity",
                "title": "Unprocessable Entity",
                "status": 422,
                "errors": [
                    {
                        "field": "facts.ki67_percent",
                        "reason": "Must be at most 100 % positive nuclei, not 101.",
                    }
                ],
            },
        )
    ]
)
class ProblemSerializer(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = FaultSerializer(many=True, required=False)
    candidates = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Of a possible duplicate: `patient`, the id of one who is here, and `likeness`.",
    )
