"""Boards and their meetings over the wire: read."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id, by_time
from cases.models import Board, Meeting
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "id": ID,
        "name": "pNET board",
        "place": "Room 4",
        "rhythm": "weekly",
        "first_on": "2026-01-08",
        "begins_at": "08:00:00",
        "time_zone": "Europe/Berlin",
        "minutes": 90,
        "cutoff_hours": 48,
        "required_specialties": ["surgery", "radiology"],
        "task_days": 28,
    }
)
class BoardSerializer(serializers.ModelSerializer):
    """A standing tumor board."""

    class Meta:
        model = Board
        fields = (
            "id", "name", "place", "rhythm", "first_on", "begins_at", "time_zone", "minutes",
            "cutoff_hours", "required_specialties", "task_days",
        )  # fmt: skip


@shown_as(
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
)
class MeetingSerializer(serializers.ModelSerializer):
    """One sitting of a board; a canceled one stays."""

    board = serializers.UUIDField(source="board_id")

    class Meta:
        model = Meeting
        fields = (
            "id", "board", "starts_at", "place", "minutes", "cutoff_at", "cancelled_at",
            "cancelled_because", "began_at", "ended_at",
        )  # fmt: skip


class BoardList(ReadList):
    """Boards."""

    model = Board
    resource = "CareTeam"
    serializer_class = BoardSerializer
    listing = "boards.read"
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    @lists(BoardSerializer)
    def get(self, request: Request) -> Response:
        """The institution's boards."""
        return self.answer_page()


class BoardOne(ReadOne):
    """One board."""

    model = Board
    resource = "CareTeam"
    serializer_class = BoardSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}


class MeetingList(ReadList):
    """Meetings."""

    model = Meeting
    resource = "Appointment"
    serializer_class = MeetingSerializer
    listing = "boards.read"
    filters: ClassVar = {
        "board": by_id("board_id"),
        "starts_from": by_time("starts_at__gte", "Only what begins then or later."),
        "starts_before": by_time("starts_at__lt", "Only what begins earlier."),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    @lists(MeetingSerializer)
    def get(self, request: Request) -> Response:
        """The meetings of the institution's boards."""
        return self.answer_page()


class MeetingOne(ReadOne):
    """One meeting."""

    model = Meeting
    resource = "Appointment"
    serializer_class = MeetingSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}
