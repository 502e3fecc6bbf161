"""Who sits on boards, over the wire: read, put on, change, take off."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.people import somebody
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Board, BoardMember
from cases.models.board_member import Duty
from cases.services import board_members as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"board": ID, "person": ID, "duty": "member", "specialty": "surgery"}


@shown_as(
    {"id": ID, **EXAMPLE, "person_name": "Cora Coordinator", "added_at": AT},
    A_surgeon=EXAMPLE,
)
class BoardMemberSerializer(RowSerializer):
    """Somebody who is invited to the meetings of a board and sent its agendas."""

    board = serializers.UUIDField(source="board_id")
    person = serializers.UUIDField(source="person_id")
    person_name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = BoardMember
        fields = ("id", "board", "person", "person_name", "duty", "specialty", "added_at")
        read_only_fields = ("id", "added_at")
        fixed = ("board", "person")


class BoardMemberList(ReadList):
    """Members of boards."""

    model = BoardMember
    resource = "CareTeam"
    serializer_class = BoardMemberSerializer
    one = "api_board_member"
    listing = "boards.read"
    filters: ClassVar = {"board": by_id("board_id"), "duty": by_code("duty", Duty)}
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.BOARD_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With who each is."""
        return super().get_queryset().select_related("person")

    @lists(BoardMemberSerializer)
    def get(self, request: Request) -> Response:
        """Who sits on the institution's boards."""
        return self.answer_page()

    @adds(BoardMemberSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Put somebody on a board, and invite them to its coming meetings."""
        values = self.parsed(request)
        board = self.referred(Board, "board", values.pop("board_id"))
        person = somebody("person", values.pop("person_id"))
        return self.created(services.add(board=board, person=person, by=request.user, **values))


class BoardMemberOne(Changes, Removes):
    """One member of a board."""

    model = BoardMember
    resource = "CareTeam"
    serializer_class = BoardMemberSerializer
    noun = "board_member"
    permissions: ClassVar = {
        "GET": Permission.BOARD_READ,
        "PATCH": Permission.BOARD_MANAGE,
        "DELETE": Permission.BOARD_MANAGE,
    }

    def lock(self, row: BoardMember) -> None:
        """The coming meetings, then the board: the order of all who plan meetings."""
        services.lock_with_coming(row.board)

    def change(self, row: BoardMember, values: dict[str, Any]) -> BoardMember:
        """Change what somebody does on a board, or stands for."""
        given = {"duty": row.duty, "specialty": row.specialty, **values}
        return services.change(member=row, by=self.request.user, **given)

    def remove(self, row: BoardMember) -> None:
        """Take somebody off a board."""
        services.remove(member=row, by=self.request.user)
