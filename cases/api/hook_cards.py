"""What became of the cards of CDS Hooks, over the wire: numbers, and the cards behind them."""

import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Endpoint, ReadList, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id, by_time
from cases.models import HookCard
from cases.selectors import hook_numbers as selectors
from cases.selectors.numbers.period import last_year
from cases.services.errors import Invalid
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: No more days are counted at once.
MOST_DAYS = 10 * 366


@shown_as(
    {
        "id": ID,
        "client": ID,
        "given_at": AT,
        "hook": "order-select",
        "kind": "order",
        "indicator": "critical",
        "edition": "2026.1",
        "scenario": "SC-03",
        "ordered": "PET_FDG",
        "recommended": "CT_AP_W",
        "outcome": "overridden",
        "reason_system": "https://board.example.org/fhir/CodeSystem/deviation-reason",
        "reason": "patient_wish",
    }
)
class HookCardSerializer(serializers.ModelSerializer):
    """A card, and the last word on it. Whom it was about is not kept."""

    client = serializers.UUIDField(source="client_id")
    outcome = serializers.CharField(help_text="accepted, overridden, or empty: nothing was told.")
    reason_system = serializers.CharField()
    reason = serializers.CharField()

    class Meta:
        model = HookCard
        fields = (
            "id", "client", "given_at", "hook", "kind", "indicator", "edition", "scenario",
            "ordered", "recommended", "outcome", "reason_system", "reason",
        )  # fmt: skip
        read_only_fields = fields


class HookReasonSerializer(serializers.Serializer):
    """Why cards were overridden, and how many were."""

    system = serializers.CharField()
    code = serializers.CharField(help_text="Empty where no reason was given.")
    words = serializers.CharField()
    cards = serializers.IntegerField()


class HookLineSerializer(serializers.Serializer):
    """Cards of one hook and kind, and what became of them."""

    hook = serializers.CharField()
    kind = serializers.CharField()
    shown = serializers.IntegerField()
    accepted = serializers.IntegerField()
    overridden = serializers.IntegerField()
    unanswered = serializers.IntegerField(help_text="Nothing was told of them.")
    reasons = HookReasonSerializer(many=True)


@shown_as(
    {
        "first": "2026-01-01",
        "last": "2026-11-22",
        "removed": 0,
        "lines": [
            {
                "hook": "order-select",
                "kind": "order",
                "shown": 3,
                "accepted": 1,
                "overridden": 1,
                "unanswered": 1,
                "reasons": [
                    {
                        "system": "https://board.example.org/fhir/CodeSystem/deviation-reason",
                        "code": "patient_wish",
                        "words": "Patient's wish",
                        "cards": 1,
                    }
                ],
            }
        ],
    }
)
class HookNumbersSerializer(serializers.Serializer):
    """What became of the cards of these days, both counted."""

    first = serializers.DateField()
    last = serializers.DateField()
    removed = serializers.IntegerField(help_text="Cards that are counted, and not kept any more.")
    lines = HookLineSerializer(many=True)


class HookCardList(ReadList):
    """Cards."""

    model = HookCard
    noun = "hook_cards"
    listing = "hook_cards.read"
    resource = "MeasureReport"
    serializer_class = HookCardSerializer
    permissions: ClassVar = {"GET": Permission.NUMBERS_READ}
    filters: ClassVar = {
        "client": by_id("client_id"),
        "given_after": by_time("given_at__gte", "Given at this moment or later."),
        "given_before": by_time("given_at__lt", "Given before this moment."),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """With the last word on each."""
        return selectors.with_outcomes(super().get_queryset())

    @lists(HookCardSerializer)
    def get(self, request: Request) -> Response:
        """Cards that EHRs got by CDS Hooks, and what became of them; of about 13 months."""
        return self.answer_page()


class HookNumbers(Endpoint):
    """The numbers of some days."""

    model = HookCard
    resource = "MeasureReport"
    serializer_class = HookNumbersSerializer
    permissions: ClassVar = {"GET": Permission.NUMBERS_READ}
    interactions: ClassVar = {"GET": "s"}
    pagination_class = None
    parameters = ("first", "last")

    @extend_schema(
        responses=HookNumbersSerializer,
        parameters=[
            OpenApiParameter("first", datetime.date, description="The first day; a year ago."),
            OpenApiParameter("last", datetime.date, description="The last day; today."),
        ],
    )
    def get(self, request: ApiRequest) -> Response:
        """By hook and kind of card: how many were shown, accepted, overridden, and why."""
        first, last = self._days(request)
        assert self.institution is not None  # noqa: S101 - the scope is entered
        record(action="hook_cards.read", subject=self.institution, by=request.user)
        found = {
            "first": first,
            "last": last,
            "removed": selectors.removed_between(first, last),
            "lines": selectors.lines(first, last),
        }
        return Response(self.get_serializer(found).data)

    def _days(self, request: Request) -> tuple[datetime.date, datetime.date]:
        errors: dict[str, list[str]] = {}
        days = dict(zip(self.parameters, last_year(timezone.localdate()), strict=True))
        for name in self.parameters:
            typed = request.query_params.get(name)
            try:
                days[name] = days[name] if typed is None else datetime.date.fromisoformat(typed)
            except ValueError:
                errors[name] = ["Give a day such as 2026-11-22."]
        if not errors and days["last"] < days["first"]:
            errors["last"] = ["This is before the first day."]
        elif not errors and (days["last"] - days["first"]).days > MOST_DAYS:
            errors["first"] = [f"Ask for at most {MOST_DAYS:,} days."]
        if errors:
            raise Invalid(errors)
        return days["first"], days["last"]
