"""Direct answers to facts over the wire: read, take back. To answer is `cases/<id>/facts/`."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, Removes, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.models import FactAnswer
from cases.services import facts
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "id": ID,
        "case": ID,
        "fact": "ki67_percent",
        "value": 4.5,
        "unit": "%",
        "source": "Pathology report of 12 Nov 2026",
        "answered_by": "Cora Coordinator",
        "answered_at": AT,
    }
)
class FactAnswerSerializer(serializers.ModelSerializer):
    """A fact that somebody answered directly; `unknown` is an answer, no row is none."""

    case = serializers.UUIDField(source="case_id")
    answered_by = serializers.CharField(source="answered_by.name")

    class Meta:
        model = FactAnswer
        fields = ("id", "case", "fact", "value", "unit", "source", "answered_by", "answered_at")
        read_only_fields = fields


class FactAnswerList(ReadList):
    """Answers."""

    model = FactAnswer
    resource = "Condition"
    serializer_class = FactAnswerSerializer
    noun = "fact_answer"
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    def get_queryset(self) -> QuerySet[Any]:
        """With who answered."""
        return super().get_queryset().select_related("answered_by")

    @lists(FactAnswerSerializer)
    def get(self, request: Request) -> Response:
        """What was answered directly in the institution's cases."""
        return self.answer_page()


class FactAnswerOne(Removes):
    """One answer."""

    model = FactAnswer
    resource = "Condition"
    serializer_class = FactAnswerSerializer
    noun = "fact_answer"
    # To take an answer back changes the facts, as to answer does.
    interactions: ClassVar = {"GET": "r", "DELETE": "u"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "DELETE": Permission.CASE_WRITE}

    def get_queryset(self) -> QuerySet[Any]:
        """With who answered, and the case."""
        return super().get_queryset().select_related("answered_by", "case")

    def remove(self, row: FactAnswer) -> None:
        """Take an answer back: nobody was asked."""
        facts.answer(case=row.case, answers={row.fact: None}, source="API", by=self.request.user)
