"""Who was present at meetings, over the wire: read, note, take off."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.people import somebody
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Attendance, Meeting
from cases.services import agendas
from cases.services import attendances as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"meeting": ID, "name": "Sam Surgeon", "specialty_code": "surgery"}


@shown_as(
    {"id": ID, **EXAMPLE, "person": ID, "specialty": "Surgery", "joined_at": AT},
    Somebody_from_outside=EXAMPLE,
)
class AttendanceSerializer(RowSerializer):
    """One person at one meeting; somebody from outside has no `person`."""

    meeting = serializers.UUIDField(source="meeting_id")
    person = serializers.UUIDField(source="person_id", required=False, allow_null=True)

    class Meta:
        model = Attendance
        fields = ("id", "meeting", "person", "name", "specialty", "specialty_code", "joined_at")
        read_only_fields = ("id", "joined_at")


class AttendanceList(ReadList):
    """Who was present."""

    model = Attendance
    resource = "Appointment"
    serializer_class = AttendanceSerializer
    one = "api_attendance"
    filters: ClassVar = {"meeting": by_id("meeting_id")}
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.AGENDA_WRITE}
    # A system reads it; that somebody sits there, a person sees.
    interactions: ClassVar = {"GET": "s"}
    problems = (409,)

    @lists(AttendanceSerializer)
    def get(self, request: Request) -> Response:
        """Who was present at which meeting."""
        return self.answer_page()

    @adds(AttendanceSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Note that somebody is present."""
        values: dict[str, Any] = self.parsed(request)
        meeting = self.referred(Meeting, "meeting", values.pop("meeting_id"))
        key = values.pop("person_id", None)
        person = None if key is None else somebody("person", key)
        new = services.note_present(meeting=meeting, person=person, by=request.user, **values)
        return self.created(new)


class AttendanceOne(Removes):
    """One person at one meeting."""

    model = Attendance
    resource = "Appointment"
    serializer_class = AttendanceSerializer
    interactions: ClassVar = {"GET": "r"}
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "DELETE": Permission.AGENDA_WRITE}

    def lock(self, row: Attendance) -> None:
        """The meeting, under whose lock the list of those present changes."""
        agendas.lock_meeting(row.meeting)

    def remove(self, row: Attendance) -> None:
        """Take somebody off the list of those present."""
        services.note_absent(attendance=row, by=self.request.user)
