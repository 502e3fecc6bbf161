"""The list of one meeting over the wire: its order, and how long it is expected to take."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from cases.api.endpoint import OneRow, ReadOne
from cases.api.examples import AT, ID, shown_as
from cases.api.values import Strict
from cases.models import AgendaItem, Meeting
from cases.selectors.agendas import agenda, listed_cases
from cases.selectors.forecast import Forecast, forecast_of
from cases.services import agendas as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: More cases than any meeting has.
MOST = 500


@shown_as({"meeting": ID, "items": [ID]}, The_whole_list={"items": [ID]})
class OrderSerializer(Strict):
    """The cases of a list in their order, by the ids of `agenda-items/`."""

    meeting = serializers.UUIDField(source="pk", read_only=True)
    items = serializers.ListField(child=serializers.UUIDField(), max_length=MOST)


class ExpectedSerializer(serializers.Serializer):
    """How long one case is expected to take, and why."""

    item = serializers.UUIDField()
    minutes = serializers.IntegerField()
    because = serializers.ListField(child=serializers.CharField())
    is_set = serializers.BooleanField(help_text="Somebody set the minutes.")


@shown_as(
    {
        "meeting": ID,
        "minutes": 90,
        "finish": AT,
        "end": AT,
        "minutes_over": -20,
        "first_over": None,
        "expected": [
            {"item": ID, "minutes": 3, "because": ["3 min for any case"], "is_set": False}
        ],
    }
)
class ForecastSerializer(serializers.Serializer):
    """Whether the cases of a meeting fit into its time; nothing but `minutes` once it is over."""

    meeting = serializers.UUIDField()
    minutes = serializers.IntegerField(help_text="What the meeting has.")
    finish = serializers.DateTimeField(allow_null=True)
    end = serializers.DateTimeField(allow_null=True)
    minutes_over = serializers.IntegerField(
        allow_null=True, help_text="Below 0: the minutes to spare."
    )
    first_over = serializers.UUIDField(
        allow_null=True, help_text="The first case that will not be through in time."
    )
    expected = ExpectedSerializer(many=True)


class OfMeeting(OneRow):
    """What the list of a meeting says; that its cases were shown is noted."""

    model = Meeting

    def note_reading(self, row: Meeting) -> None:
        """Note whose cases were shown."""
        record(action="agenda.read", subject=row, by=self.request.user, shown=listed_cases(row))


class MeetingOrder(OfMeeting, ReadOne):
    """The order of the list of one meeting."""

    resource = "List"
    serializer_class = OrderSerializer
    noun = "agenda"
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "PUT": Permission.AGENDA_WRITE}

    def shown(self, row: Meeting) -> dict[str, Any]:
        """The ids of the items, in order."""
        items = AgendaItem.objects.filter(meeting=row).order_by("position")
        ids = list(items.values_list("pk", flat=True))
        data: dict[str, Any] = self.get_serializer({"pk": row.pk, "items": ids}).data
        return data

    def put(self, request: ApiRequest, pk: UUID) -> Response:
        """Put the list of a meeting into another order; all of its items are named."""
        meeting = self.locked()
        refused = self.refusal(meeting)
        if refused is not None:
            return refused
        values = self.parsed(request)
        services.arrange(meeting=meeting, item_ids=values["items"], by=request.user)
        return self.answered(meeting)


class MeetingForecast(OfMeeting, ReadOne):
    """The time of one meeting."""

    resource = "List"
    serializer_class = ForecastSerializer
    noun = "agenda"
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    def get_queryset(self) -> Any:
        """With the board, whose clock it is."""
        return super().get_queryset().select_related("board")

    def shown(self, row: Meeting) -> dict[str, Any]:
        """When the meeting will be through."""
        found = forecast_of(row, agenda(row))
        data: dict[str, Any] = self.get_serializer(_said(row, found)).data
        return data


def _said(meeting: Meeting, found: Forecast | None) -> dict[str, Any]:
    over = found.first_over if found else None
    return {
        "meeting": meeting.pk,
        "minutes": meeting.minutes,
        "finish": found and found.finish,
        "end": found and found.end,
        "minutes_over": found and found.minutes_over,
        "first_over": over and over.pk,
        "expected": [
            {
                "item": key,
                "minutes": each.minutes,
                "because": each.because,
                "is_set": each.is_set,
            }
            for key, each in (found.expected if found else {}).items()
        ],
    }
