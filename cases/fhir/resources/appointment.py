"""Appointment: one sitting of a board."""

import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet

from cases.fhir.histories import Part, counted
from cases.fhir.references import instant, person
from cases.fhir.resources.elements import said
from cases.fhir.resources.narrowings import by_moment
from cases.fhir.source import Source, Stand
from cases.models import Board, BoardMember, Meeting

BOOKED, FULFILLED, CANCELED = "booked", "fulfilled", "cancelled"


class MeetingAppointment(Source):
    """A meeting; its cases stand in the List of the same id.

    The board itself takes part in any case; its members are invited, and nothing is kept of what
    they answered. Who was present at a decision the decision says. Versions count what was written
    to the meeting, to its board, and to the members of the board.
    """

    resource_type: ClassVar[str] = "Appointment"
    model = Meeting
    patient: ClassVar[str] = ""
    case: ClassVar[str] = ""
    narrowings: ClassVar = {"date": by_moment("starts_at")}

    def rows(self) -> QuerySet[Any]:
        """Meetings with their boards and those who sit on them."""
        members = BoardMember.objects.select_related("person").order_by("added_at", "id")
        rows = Meeting.objects.select_related("board")
        rows = rows.prefetch_related(Prefetch("board__members", queryset=members))
        parts = [Part(Meeting), Part(Board, of_row="board_id")]
        parts.append(Part(BoardMember, "board_id", of_row="board_id"))
        return counted(rows, parts, begun="board__created_at")

    def project(self, row: Meeting) -> dict[str, Any]:
        """When, where, for how long, who is asked to come, and why it was canceled."""
        ends_at = row.starts_at + datetime.timedelta(minutes=row.minutes)
        reason = row.cancelled_because if row.cancelled_at else ""
        return said(
            resourceType=self.resource_type,
            status=status_of(row),
            cancelationReason={"text": reason} if reason else None,
            description=row.board.name,
            start=instant(row.starts_at),
            end=instant(ends_at),
            minutesDuration=row.minutes,
            comment=row.place,
            participant=[
                {"actor": {"display": row.board.name}, "status": "accepted"},
                *(_invited(member) for member in row.board.members.all()),
            ],
        )

    def stand(self, row: Any) -> Stand:
        """As often as the meeting, its board or a member of that was written."""
        return Stand(max(row.entries, 1), row.written_at, row)


def status_of(meeting: Meeting) -> str:
    """Booked until it was ended or canceled: for a meeting that runs FHIR has no status."""
    if meeting.cancelled_at is not None:
        return CANCELED
    return FULFILLED if meeting.ended_at is not None else BOOKED


def _invited(member: BoardMember) -> dict[str, Any]:
    return {"actor": person(member.person_id, member.person.name), "status": "needs-action"}
