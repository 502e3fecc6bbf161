"""Meetings over the wire: read, plan, move, cancel; what is left carried over; order; time."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id, by_time
from cases.api.replays import once
from cases.api.values import Moment, RowSerializer, Strict, Text, Whole, YesNo, is_id
from cases.models import Board, Meeting
from cases.services import meetings as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"board": ID, "starts_at": AT, "place": "Room 4", "minutes": 90}
#: What of a body cancels, and what moves.
CANCELING = frozenset({"cancelled", "because", "cases_to"})


@shown_as(
    {
        "id": ID,
        **EXAMPLE,
        "cutoff_at": "2026-11-10T09:30:00Z",
        "cancelled_at": None,
        "cancelled_because": "",
        "began_at": None,
        "ended_at": None,
    },
    A_sitting_beside_the_rhythm=EXAMPLE,
)
class MeetingSerializer(RowSerializer):
    """One sitting of a board; a canceled one stays, without cases."""

    board = serializers.UUIDField(source="board_id")

    class Meta:
        model = Meeting
        fields = (
            "id", "board", "starts_at", "place", "minutes", "cutoff_at", "cancelled_at",
            "cancelled_because", "began_at", "ended_at",
        )  # fmt: skip
        read_only_fields = ("id", "cancelled_at", "cancelled_because", "began_at", "ended_at")


@shown_as(
    It_is_moved={"starts_at": AT, "place": "Room 5"},
    It_is_canceled={"cancelled": True, "because": "The room is flooded.", "cases_to": ID},
)
class MeetingChangeSerializer(Strict):
    """Another time, place or length; or that it is canceled, and where its cases go."""

    starts_at = Moment(required=False)
    place = Text(required=False, allow_blank=True, max_length=200)
    minutes = Whole(required=False)
    cancelled = YesNo(required=False, help_text="true: it does not take place.")
    because = Text(required=False, allow_blank=True, max_length=300)
    cases_to = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The coming meeting that its cases go to; null: they ask for the board again.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either it is moved or it is canceled."""
        if attrs.get("cancelled") is False:
            message = "A canceled meeting does not come back. Plan another one."
            raise serializers.ValidationError({"cancelled": [message]})
        wrong = attrs.keys() - CANCELING if "cancelled" in attrs else attrs.keys() & CANCELING
        if wrong:
            reason = "This does not belong to such a change."
            raise serializers.ValidationError({name: [reason] for name in sorted(wrong)})
        return attrs


class MeetingList(ReadList):
    """Meetings."""

    model = Meeting
    resource = "Appointment"
    serializer_class = MeetingSerializer
    one = "api_meeting"
    listing = "boards.read"
    filters: ClassVar = {
        "board": by_id("board_id"),
        "starts_from": by_time("starts_at__gte", "Only what begins then or later."),
        "starts_before": by_time("starts_at__lt", "Only what begins earlier."),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.BOARD_MANAGE}

    @lists(MeetingSerializer)
    def get(self, request: Request) -> Response:
        """The meetings of the institution's boards."""
        return self.answer_page()

    @adds(MeetingSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Plan a sitting of a board and invite its members."""
        values = self.parsed(request)
        board = self.referred(Board, "board", values.pop("board_id"))
        return self.created(services.plan(board=board, by=request.user, **values))


class MeetingOne(Changes):
    """One meeting."""

    model = Meeting
    resource = "Appointment"
    serializer_class = MeetingSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "PATCH": Permission.BOARD_MANAGE}

    @extend_schema(request=MeetingChangeSerializer, responses=MeetingSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Move a meeting with its cases, or cancel it and say where they go; members are told."""
        return super().patch(request, pk)

    def lock(self, row: Meeting) -> None:
        """The meeting and the one its cases go to, in one order for all who carry cases."""
        data = self.request.data
        to = data.get("cases_to") if isinstance(data, dict) else None
        wanted: list[UUID | str] = [row.pk, *([to] if is_id(to) else [])]
        list(Meeting.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The change, checked for form."""
        serializer = MeetingChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: Meeting, values: dict[str, Any]) -> Meeting:
        """Call the service that moves or cancels."""
        by = self.request.user
        if "cancelled" in values:
            to = values.get("cases_to")
            meeting = None if to is None else self.referred(Meeting, "cases_to", to)
            because = values.get("because", "")
            return services.cancel(meeting=row, because=because, to=meeting, by=by)
        given = {name: getattr(row, name) for name in ("starts_at", "place", "minutes")}
        return services.move(meeting=row, by=by, **{**given, **values})
