"""What is missing in cases, over the wire: read; asked for by name; accepted by name."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Case, Gap, GapAcceptance, GapRequest
from cases.services import gaps as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

ASKED = {"case": ID, "item": "ki67", "asked_of": "Pathology, Dr. Example", "asked_on": "2026-11-12"}
ACCEPTED = {"case": ID, "item": "ki67", "reason": "The biopsy was too small for it."}


@shown_as(
    {
        "id": ID,
        "case": ID,
        "item": "ki67",
        "asked_of": "pathology",
        "begins_on": "2026-11-01",
        "is_stale": False,
        "is_accepted": False,
        "asked_on": "2026-11-12",
    }
)
class GapSerializer(serializers.ModelSerializer):
    """An item of the minimum data set that is missing, or too old.

    `asked_of` is a department; `asked_on` is set where somebody was asked by name.
    """

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = Gap
        fields = (
            "id", "case", "item", "asked_of", "begins_on", "is_stale", "is_accepted", "asked_on",
        )  # fmt: skip
        read_only_fields = fields


@shown_as({"id": ID, **ASKED, "entered_at": AT}, A_question_to_pathology=ASKED)
class GapRequestSerializer(RowSerializer):
    """That somebody was asked for an item; it ends by itself when the item is there."""

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = GapRequest
        fields = ("id", "case", "item", "asked_of", "asked_on", "note", "entered_at")
        read_only_fields = ("id", "entered_at")


@shown_as(
    {"id": ID, **ACCEPTED, "by": "Carl Chair", "entered_at": AT}, The_biopsy_is_small=ACCEPTED
)
class GapAcceptanceSerializer(RowSerializer):
    """That a person accepts by name to decide without an item."""

    case = serializers.UUIDField(source="case_id")
    by = serializers.CharField(source="entered_by.name", read_only=True)

    class Meta:
        model = GapAcceptance
        fields = ("id", "case", "item", "reason", "by", "entered_at")
        read_only_fields = ("id", "entered_at")


class GapList(ReadList):
    """Gaps."""

    model = Gap
    resource = "DetectedIssue"
    serializer_class = GapSerializer
    listing = "gaps.read"
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    def get_queryset(self) -> QuerySet[Any]:
        """Those that are gaps by now."""
        return super().get_queryset().filter(begins_on__lte=timezone.localdate())

    @lists(GapSerializer)
    def get(self, request: Request) -> Response:
        """What is missing in the institution's cases."""
        return self.answer_page()


class GapRequestList(ReadList):
    """What somebody was asked for."""

    model = GapRequest
    resource = "CommunicationRequest"
    serializer_class = GapRequestSerializer
    noun = "gap_request"
    one = "api_gap_request"
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}
    problems = (409,)

    @lists(GapRequestSerializer)
    def get(self, request: Request) -> Response:
        """Who was asked for what."""
        return self.answer_page()

    @adds(GapRequestSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Note that somebody was asked for an item; asking again replaces whom and when."""
        values = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.ask(case=case, by=request.user, **values))


class GapRequestOne(Removes):
    """That somebody was asked."""

    model = GapRequest
    resource = "CommunicationRequest"
    serializer_class = GapRequestSerializer
    noun = "gap_request"
    permissions: ClassVar = {"GET": Permission.CASE_READ, "DELETE": Permission.CASE_WRITE}

    def remove(self, row: GapRequest) -> None:
        """Take back that somebody was asked."""
        services.withdraw_request(request=row, by=self.request.user)


class GapAcceptanceList(ReadList):
    """What the board decides without."""

    model = GapAcceptance
    resource = "DetectedIssue"
    serializer_class = GapAcceptanceSerializer
    noun = "gap_acceptance"
    one = "api_gap_acceptance"
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CHECK_ACKNOWLEDGE}
    # A system reads them; to accept is a person's judgment.
    interactions: ClassVar = {"GET": "s"}
    problems = (409,)

    def get_queryset(self) -> QuerySet[Any]:
        """With who accepted each."""
        return super().get_queryset().select_related("entered_by")

    @lists(GapAcceptanceSerializer)
    def get(self, request: Request) -> Response:
        """Which gaps were accepted, by whom and why."""
        return self.answer_page()

    @adds(GapAcceptanceSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Accept by name that the board decides without an item."""
        values = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.accept(case=case, by=request.user, **values))


class GapAcceptanceOne(Removes, ReadOne):
    """One gap that was accepted."""

    model = GapAcceptance
    resource = "DetectedIssue"
    serializer_class = GapAcceptanceSerializer
    noun = "gap_acceptance"
    permissions: ClassVar = {"GET": Permission.CASE_READ, "DELETE": Permission.CHECK_ACKNOWLEDGE}
    interactions: ClassVar = {"GET": "r"}

    def get_queryset(self) -> QuerySet[Any]:
        """With who accepted it."""
        return super().get_queryset().select_related("entered_by")

    def remove(self, row: GapAcceptance) -> None:
        """Take an acceptance back."""
        services.withdraw_acceptance(acceptance=row, by=self.request.user)
