"""The rhythm of a board over the wire: its next dates, and planning several of them at once."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cases.api.endpoint import ReadOne
from cases.api.examples import AT, ID, shown_as
from cases.api.meetings import MeetingSerializer
from cases.api.replays import once
from cases.api.values import Moment, Strict
from cases.models import Board
from cases.selectors.rhythms import not_planned, rhythm_words
from cases.services import meetings as services
from cases.services.invitations import MOST_AT_ONCE
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "board": ID,
        "rhythm": "Every week on Thursday at 10:30",
        "starts_at": ["2026-11-12T09:30:00Z", "2026-11-19T09:30:00Z"],
    }
)
class DatesSerializer(serializers.Serializer):
    """When a board sits next by its rhythm, as far as nothing was planned then."""

    board = serializers.UUIDField()
    rhythm = serializers.CharField()
    starts_at = serializers.ListField(child=serializers.DateTimeField())


@shown_as(None, The_next_two={"starts_at": [AT, "2026-11-19T09:30:00Z"]})
class SeriesSerializer(Strict):
    """Dates of the rhythm, as they were offered."""

    starts_at = serializers.ListField(child=Moment(), allow_empty=False, max_length=MOST_AT_ONCE)


@shown_as(
    {
        "board": ID,
        "meetings": [
            {
                "id": ID,
                "board": ID,
                "starts_at": AT,
                "place": "Room 4",
                "minutes": 90,
                "cutoff_at": "2026-11-10T09:30:00Z",
                "cancelled_at": None,
                "cancelled_because": "",
                "began_at": None,
                "ended_at": None,
            }
        ],
    }
)
class PlannedSerializer(serializers.Serializer):
    """The meetings that were planned."""

    board = serializers.UUIDField()
    meetings = MeetingSerializer(many=True)


class BoardDates(ReadOne):
    """The next dates of one board."""

    model = Board
    resource = "Appointment"
    serializer_class = DatesSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.BOARD_MANAGE}
    interactions: ClassVar = {"GET": "r", "POST": "c"}
    has_tag = False

    def shown(self, row: Board) -> dict[str, Any]:
        """What is offered, at most a year of weeks."""
        said = {
            "board": row.pk,
            "rhythm": rhythm_words(row),
            "starts_at": not_planned(row, count=MOST_AT_ONCE),
        }
        data: dict[str, Any] = self.get_serializer(said).data
        return data

    @extend_schema(request=SeriesSerializer, responses={201: PlannedSerializer})
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Plan the named meetings of a board's rhythm, all or none; its members are invited."""
        board = self.get_object()
        given = SeriesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        planned = services.plan_series(
            board=board, starts=given.validated_data["starts_at"], by=request.user
        )
        said = PlannedSerializer({"board": board.pk, "meetings": planned})
        return Response(said.data, status=201)
