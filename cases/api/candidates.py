"""Why cases ask for the board, over the wire: read. To put one on a list is `agenda-items/`."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, lists
from cases.api.examples import ID, shown_as
from cases.api.filters import by_code, by_id
from cases.models import Candidacy
from cases.models.agenda_item import ListingReason
from cases.selectors.agendas import is_on_coming_list
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "id": ID,
        "case": ID,
        "reason": "result",
        "weight": 30,
        "detail": "Progression on the CT of 9 Nov 2026",
        "begins_on": "2026-11-09",
    }
)
class CandidateSerializer(serializers.ModelSerializer):
    """One reason for which a case asks for the board; the weights of a case add up."""

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = Candidacy
        fields = ("id", "case", "reason", "weight", "detail", "begins_on")
        read_only_fields = fields


class CandidateList(ReadList):
    """Cases that ask for the board."""

    model = Candidacy
    resource = "List"
    serializer_class = CandidateSerializer
    listing = "queue.read"
    filters: ClassVar = {"case": by_id("case_id"), "reason": by_code("reason", ListingReason)}
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    def get_queryset(self) -> QuerySet[Any]:
        """Of cases that stand undecided on no coming list."""
        begun = super().get_queryset().filter(begins_on__lte=timezone.localdate())
        return begun.exclude(is_on_coming_list("case"))

    @lists(CandidateSerializer)
    def get(self, request: Request) -> Response:
        """Why cases that are on no coming list ask for the board."""
        return self.answer_page()
