"""Standing boards over the wire: read, add, change."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import ID, shown_as
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Board
from cases.models.specialty import Specialty
from cases.services import boards as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
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


@shown_as({"id": ID, **EXAMPLE}, A_weekly_board=EXAMPLE)
class BoardSerializer(RowSerializer):
    """A standing tumor board. Meetings that are planned stay as they are when it changes."""

    required_specialties = serializers.ListField(
        child=serializers.ChoiceField(choices=Specialty.choices), required=False
    )

    class Meta:
        model = Board
        fields = (
            "id", "name", "place", "rhythm", "first_on", "begins_at", "time_zone", "minutes",
            "cutoff_hours", "required_specialties", "task_days",
        )  # fmt: skip
        read_only_fields = ("id",)


class BoardList(ReadList):
    """Boards."""

    model = Board
    resource = "CareTeam"
    serializer_class = BoardSerializer
    one = "api_board"
    listing = "boards.read"
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.BOARD_MANAGE}

    @lists(BoardSerializer)
    def get(self, request: Request) -> Response:
        """The institution's boards."""
        return self.answer_page()

    @adds(BoardSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a standing board."""
        return self.created(services.add(by=request.user, **self.parsed(request)))


class BoardOne(Changes):
    """One board."""

    model = Board
    resource = "CareTeam"
    serializer_class = BoardSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "PATCH": Permission.BOARD_MANAGE}

    def change(self, row: Board, values: dict[str, Any]) -> Board:
        """Change a board."""
        return services.change(board=row, by=self.request.user, **values)
