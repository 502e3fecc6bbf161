"""Cases on the lists of meetings over the wire: read, put on, change, take off."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, Endpoint, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import AgendaItem, Case, Meeting, Standard
from cases.models.agenda_item import Track
from cases.models.specialty import Specialty
from cases.services import agenda_details, agendas, tracks
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"meeting": ID, "case": ID, "question": "Resection first?"}


@shown_as(
    {
        "id": ID,
        **EXAMPLE,
        "position": 4,
        "track": "discussion",
        "standard": None,
        "listed_because": "person",
        "minutes": None,
        "also_needed": ["nuclear_medicine"],
        "was_ready_at_cutoff": None,
        "listed_at": AT,
    },
    A_case_for_a_meeting=EXAMPLE,
)
class AgendaItemSerializer(RowSerializer):
    """One case on the list of one meeting, with the question that the board is asked."""

    meeting = serializers.UUIDField(source="meeting_id")
    case = serializers.UUIDField(source="case_id")
    standard = serializers.UUIDField(
        source="standard_id",
        allow_null=True,
        required=False,
        help_text="Settles the case without discussion; null: it is discussed.",
    )
    also_needed = serializers.ListField(
        child=serializers.ChoiceField(choices=Specialty.choices), required=False
    )

    class Meta:
        model = AgendaItem
        fields = (
            "id", "meeting", "case", "position", "question", "track", "standard", "listed_because",
            "minutes", "also_needed", "was_ready_at_cutoff", "listed_at",
        )  # fmt: skip
        read_only_fields = (
            "id", "position", "track", "listed_because", "was_ready_at_cutoff", "listed_at",
        )  # fmt: skip
        fixed = ("meeting", "case")


class AgendaItemList(ReadList):
    """Cases on lists."""

    model = AgendaItem
    resource = "List"
    serializer_class = AgendaItemSerializer
    noun = "agenda_item"
    one = "api_agenda_item"
    filters: ClassVar = {
        "meeting": by_id("meeting_id"),
        "case": by_id("case_id"),
        "track": by_code("track", Track),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.AGENDA_WRITE}
    problems = (409,)

    @lists(AgendaItemSerializer)
    def get(self, request: Request) -> Response:
        """The cases on the lists of the institution's meetings."""
        return self.answer_page()

    @adds(AgendaItemSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Put a case last on the list of a meeting."""
        values = self.parsed(request)
        item = agendas.put_on(
            meeting=self.referred(Meeting, "meeting", values.pop("meeting_id")),
            case=self.referred(Case, "case", values.pop("case_id")),
            question=values.pop("question", ""),
            by=request.user,
        )
        return self.created(detailed(self, item, values))


class AgendaItemOne(Changes, Removes):
    """One case on the list of one meeting."""

    model = AgendaItem
    resource = "List"
    serializer_class = AgendaItemSerializer
    noun = "agenda_item"
    permissions: ClassVar = {
        "GET": Permission.BOARD_READ,
        "PATCH": Permission.AGENDA_WRITE,
        "DELETE": Permission.AGENDA_WRITE,
    }

    def lock(self, row: AgendaItem) -> None:
        """The meeting, then the item: the order of all who write lists."""
        meeting = agendas.lock_meeting(row.meeting)
        agendas.lock_item(row, on=meeting)

    def change(self, row: AgendaItem, values: dict[str, Any]) -> AgendaItem:
        """Change the question, the expected minutes, who else is needed, how it is settled."""
        if "question" in values:
            agendas.ask(item=row, question=values.pop("question"), by=self.request.user)
        return detailed(self, row, values)

    def remove(self, row: AgendaItem) -> None:
        """Take the case off the list."""
        agendas.take_off(item=row, by=self.request.user)


def detailed(endpoint: Endpoint, item: AgendaItem, values: dict[str, Any]) -> AgendaItem:
    """Write what a body says of an item beside its question."""
    by = endpoint.request.user
    if "minutes" in values:
        agenda_details.set_minutes(item=item, minutes=values["minutes"], by=by)
    if "also_needed" in values:
        agenda_details.set_also_needed(item=item, specialties=values["also_needed"], by=by)
    if values.get("standard_id"):
        standard = endpoint.referred(Standard, "standard", values["standard_id"])
        tracks.settle_by_protocol(item=item, standard=standard, by=by)
    elif "standard_id" in values:
        tracks.discuss(item=item, by=by)
    return item
