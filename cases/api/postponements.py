"""Cases that were postponed, over the wire: read; one case, or all that a meeting left."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import OneRow, ReadList, ReadOne, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, Strict, Text
from cases.models import AgendaItem, Meeting, Postponement
from cases.models.postponement import PostponementCause
from cases.services import postponements as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

WHY = {"cause": "time", "department": "", "text": "", "moved_to": ID}


@shown_as(
    {"id": ID, "case": ID, "meeting": ID, **WHY, "at": AT},
    A_case_for_the_next_meeting={"agenda_item": ID, **WHY},
    A_case_that_waits_for_pathology={"agenda_item": ID, "cause": "pathology"},
)
class PostponementSerializer(RowSerializer):
    """A case that left the list of a meeting undecided, for another list or for none yet."""

    case = serializers.UUIDField(source="case_id", read_only=True)
    meeting = serializers.UUIDField(source="meeting_id", read_only=True)
    agenda_item = serializers.UUIDField(write_only=True)
    moved_to = serializers.UUIDField(source="moved_to_id", required=False, allow_null=True)

    class Meta:
        model = Postponement
        fields = (
            "id", "case", "meeting", "agenda_item", "cause", "department", "text", "moved_to", "at",
        )  # fmt: skip
        read_only_fields = ("id", "at")


@shown_as({"postponed": 3, "left": 1}, The_time_ran_out=WHY)
class CarriedOverSerializer(Strict):
    """Why all that a meeting left undecided is postponed, and where it goes."""

    cause = serializers.ChoiceField(choices=PostponementCause.choices, write_only=True)
    department = Text(required=False, allow_blank=True, max_length=40, write_only=True)
    text = Text(required=False, allow_blank=True, max_length=300, write_only=True)
    moved_to = serializers.UUIDField(
        source="moved_to_id", required=False, allow_null=True, write_only=True
    )
    postponed = serializers.IntegerField(read_only=True)
    left = serializers.IntegerField(
        read_only=True, help_text="Cases that stay, since they stand on another coming list."
    )


class PostponementList(ReadList):
    """Postponed cases."""

    model = Postponement
    resource = "List"
    serializer_class = PostponementSerializer
    one = "api_postponement"
    filters: ClassVar = {
        "case": by_id("case_id"),
        "meeting": by_id("meeting_id"),
        "cause": by_code("cause", PostponementCause),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.AGENDA_WRITE}
    problems = (409,)

    @lists(PostponementSerializer)
    def get(self, request: Request) -> Response:
        """Which cases left which list undecided, why, and for which list."""
        return self.answer_page()

    @adds(PostponementSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Move a case to the end of another list, or take it off: it asks for the board again."""
        values = self.parsed(request)
        item = self.referred(AgendaItem, "agenda_item", values.pop("agenda_item"))
        to = moved_to(self, values)
        return self.created(services.postpone(item=item, to=to, by=request.user, **values))


class PostponementOne(ReadOne):
    """One case that was postponed."""

    model = Postponement
    resource = "List"
    serializer_class = PostponementSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}


class MeetingCarryOver(OneRow):
    """What a meeting left undecided."""

    model = Meeting
    resource = "List"
    serializer_class = CarriedOverSerializer
    permissions: ClassVar = {"POST": Permission.AGENDA_WRITE}
    interactions: ClassVar = {"POST": "c"}
    problems = (409,)
    has_tag = False

    @extend_schema(responses={200: CarriedOverSerializer})
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Postpone every case of a meeting that is not decided, all or none."""
        meeting = self.get_object()
        values = self.parsed(request)
        to = moved_to(self, values)
        done = services.postpone_rest(meeting=meeting, to=to, by=request.user, **values)
        return Response({"postponed": len(done.postponed), "left": done.left})


def moved_to(endpoint: Any, values: dict[str, Any]) -> Meeting | None:
    """The meeting that a body names, taken out of `values`; None where it names none."""
    key = values.pop("moved_to_id", None)
    if key is None:
        return None
    found: Meeting = endpoint.referred(Meeting, "moved_to", key)
    return found
