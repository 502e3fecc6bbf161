"""Who acknowledged which check of a case: read, acknowledge, take back."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cases.api.endpoint import ReadList, adds
from cases.api.examples import AT, ID, shown_as
from cases.api.replays import once
from cases.api.values import Strict, Text
from cases.models import Acknowledgment, Case
from cases.models.acknowledgment import AcknowledgmentReason
from cases.selectors.acknowledgments import acknowledgments_of_each, stands
from cases.services import acknowledgments as services
from cases.services.errors import Invalid
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: What acknowledges a check, by the column and by the name it has here.
TO_ACKNOWLEDGE = {"assessment_id": "assessment", "check_code": "check", "reason": "reason"}


@shown_as(
    {
        "id": ID,
        "case": ID,
        "assessment": ID,
        "check": "W-NONCONTRAST",
        "severity": "warning",
        "check_text": "The study was done without contrast.",
        "reason": AcknowledgmentReason.PATIENT_WISH.value,
        "text": "Contrast was refused.",
        "withdraws": None,
        "by": "Cora Coordinator",
        "at": AT,
        "stands": True,
    },
    A_check_acknowledged={
        "assessment": ID,
        "check": "W-NONCONTRAST",
        "reason": AcknowledgmentReason.PATIENT_WISH.value,
        "text": "Contrast was refused.",
    },
    An_acknowledgment_taken_back={
        "withdraws": ID,
        "text": "Contrast is possible after all.",
    },
)
class AcknowledgmentSerializer(Strict, serializers.ModelSerializer):
    """That somebody saw a check and says why the case goes on; or, with `withdraws`, not any more.

    `stands` is whether it holds now: nobody took it back, and the same check is raised on the same
    facts. To acknowledge, give `assessment` (the one that was seen), `check` and `reason`; to take
    back, give `withdraws`; `text` may stand beside either.
    """

    case = serializers.UUIDField(source="case_id", read_only=True)
    assessment = serializers.UUIDField(source="assessment_id", required=False)
    check = Text(source="check_code", required=False, max_length=40)
    reason = Text(required=False, help_text=f"One of {', '.join(AcknowledgmentReason.values)}.")
    text = Text(required=False, allow_blank=True, max_length=1_000)
    withdraws = serializers.UUIDField(source="withdraws_id", required=False, allow_null=True)
    by = serializers.CharField(source="by.name", read_only=True)
    stands = serializers.SerializerMethodField()

    class Meta:
        model = Acknowledgment
        fields = (
            "id", "case", "assessment", "check", "severity", "check_text", "reason", "text",
            "withdraws", "by", "at", "stands",
        )  # fmt: skip
        read_only_fields = ("id", "severity", "check_text", "at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either a check is acknowledged, or an acknowledgment is taken back."""
        if attrs.get("withdraws_id") is not None:
            wrong, reason = TO_ACKNOWLEDGE.keys() & attrs, "Give `withdraws` and `text` alone."
        else:
            wrong, reason = TO_ACKNOWLEDGE.keys() - attrs.keys(), "This field is required."
        if wrong:
            raise serializers.ValidationError({TO_ACKNOWLEDGE[name]: [reason] for name in wrong})
        return attrs

    def get_stands(self, row: Acknowledgment) -> bool:
        """Whether it holds now."""
        return row.id in self.context["standing"]


class CaseAcknowledgments(ReadList):
    """Acknowledgments of one case."""

    model = Acknowledgment
    resource = "DetectedIssue"
    serializer_class = AcknowledgmentSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "POST": Permission.CHECK_ACKNOWLEDGE,
    }
    # A system reads them; to acknowledge is a person's judgment.
    interactions: ClassVar = {"GET": "s"}
    problems = (409,)

    #: The case that the address names; none while the API only describes itself.
    case: Case | None = None

    def get_queryset(self) -> QuerySet[Any]:
        """What was said of the checks of the case, withdrawals too."""
        return super().get_queryset().filter(case=self.case).select_related("by")

    def get_serializer_context(self) -> dict[str, Any]:
        """With the ids of the acknowledgments that hold now."""
        return {**super().get_serializer_context(), "standing": _standing(self.case)}

    @extend_schema(responses=AcknowledgmentSerializer(many=True))
    def get(self, request: ApiRequest, pk: UUID) -> Response:
        """What was said of the checks of a case, withdrawals too."""
        self.case = _case_or_404(pk)
        record(action="case.read", subject=self.case, by=request.user)
        return self.answer_page()

    @adds(AcknowledgmentSerializer)
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Acknowledge a check of a case, or take an acknowledgment back."""
        self.case = _case_or_404(pk)
        values = self.parsed(request)
        withdrawn = values.pop("withdraws_id", None)
        if withdrawn is not None:
            row = self.get_queryset().filter(pk=withdrawn).first()
            if row is None:
                raise Invalid({"withdraws": ["There is no such row."]})
            new = services.withdraw(acknowledgment=row, by=request.user, **values)
        else:
            code = values.pop("check_code")
            new = services.acknowledge(case=self.case, code=code, by=request.user, **values)
        return self.created(new)


def _case_or_404(pk: UUID) -> Case:
    case = Case.objects.select_related("assessment").filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def _standing(case: Case | None) -> set[UUID]:
    if case is None or case.assessment is None:
        return set()
    given = acknowledgments_of_each([case.id])[case.id]
    return {row.id for row in given if stands(row, case.assessment)}
