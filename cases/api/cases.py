"""Cases over the wire: read, open, change, answer facts."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api import versions
from cases.api.deprecation import IF_MATCH_IN_BODY
from cases.api.endpoint import Changes, OneRow, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id, by_time
from cases.api.replays import once
from cases.api.values import RowSerializer, Strict, Text
from cases.models import Case, Patient
from cases.models.case import BoardLevel, Readiness
from cases.services import cases, facts
from cases.services.errors import Invalid
from cases.services.fact_answers import checked
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission


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


EXAMPLE = {
    "patient": ID,
    "title": "NET of the pancreatic tail",
    "board_question": "Resection first?",
}
SHOWN = {
    "id": ID,
    **EXAMPLE,
    "opened_at": AT,
    "changed_at": AT,
    "version": 3,
    "scenario": "SC-01",
    "board_level": "yes",
    "missing_count": 0,
    "readiness": "needs a decision",
    "assessment": ID,
}


@shown_as(
    SHOWN,
    A_case_with_its_first_answers={
        **EXAMPLE,
        "facts": {"clinical_question": "distant_staging", "ki67_percent": 1},
    },
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
        fixed = ("patient", "facts")


@extend_schema_field({"type": "integer", "deprecated": True})
class SeenVersion(serializers.IntegerField):
    """The version of a case inside a body."""


@shown_as(
    Two_answers_and_one_taken_back={
        "facts": {"ki67_percent": 4.5, "cga_trend": "unknown", "mri_tolerated": None},
        "source": "Pathology report of 12 Nov 2026",
    },
)
class AnswersSerializer(Strict):
    """Direct answers to facts of one case."""

    facts = Answers(
        allow_empty=False,
        help_text="Fact name to value, 'unknown', or null to take an answer back.",
    )
    # Fields do not stay on the class.
    source = Text(  # type: ignore[assignment]
        required=False, default="", max_length=200, allow_blank=True
    )
    if_match = SeenVersion(
        required=False,
        help_text="Send the header If-Match instead. The case's version that was seen.",
    )


class CaseList(ReadList):
    """Cases."""

    model = Case
    resource = "Condition"
    serializer_class = CaseSerializer
    one = "api_case"
    filters: ClassVar = {
        "patient": by_id("patient_id"),
        "readiness": by_code("readiness", Readiness),
        "board_level": by_code("board_level", BoardLevel),
        "changed_since": by_time("changed_at__gte", "Only what was changed then or later."),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(CaseSerializer)
    def get(self, request: Request) -> Response:
        """The institution's cases."""
        return self.answer_page()

    @adds(CaseSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Open a case, with direct answers where given."""
        values = self.parsed(request)
        patient = self.referred(Patient, "patient", values.pop("patient_id"))
        answers = values.pop("facts", {})
        case = cases.open_case(
            patient=patient, answers=answers, source="API", by=request.user, **values
        )
        return self.created(case)


class CaseOne(Changes):
    """One case."""

    model = Case
    resource = "Condition"
    serializer_class = CaseSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PATCH": Permission.CASE_WRITE}

    def change(self, row: Case, values: dict[str, Any]) -> Case:
        """Change title or question."""
        return cases.change(case=row, by=self.request.user, **values)


class CaseFacts(OneRow):
    """Direct answers of one case."""

    model = Case
    resource = "Condition"
    serializer_class = AnswersSerializer
    permissions: ClassVar = {"POST": Permission.CASE_WRITE}
    interactions: ClassVar = {"POST": "u"}
    problems = (412,)

    def shown(self, row: Case) -> dict[str, Any]:
        """The case, as everywhere."""
        data: dict[str, Any] = CaseSerializer(row).data
        return data

    @extend_schema(responses={200: CaseSerializer})
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Answer facts; the case is assessed anew."""
        case = self.locked()
        refused = versions.mismatch(request, self.shown(case))
        if refused is not None:
            self.note_reading(case)
            return refused
        values = self.parsed(request)
        case = facts.answer(
            case=case,
            answers=values["facts"],
            source=values["source"] or "API",
            if_match=values.get("if_match"),
            by=request.user,
        )
        response = self.answered(case)
        return IF_MATCH_IN_BODY.tell(response) if "if_match" in values else response
