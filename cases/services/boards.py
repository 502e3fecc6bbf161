"""Writing boards and their meetings."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import AgendaItem, Attendance, Board, Decision, Meeting
from cases.services.agendas import lock_meeting, remove
from cases.services.checks import check
from cases.services.completeness import listed_anew
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

TAKEN = "A board with this name is already there."
#: How far ahead a meeting may be planned. In the last hours of the calendar, a time zone would
#: lead out of what can be stored and read again.
YEARS_AHEAD = 10


@transaction.atomic
def add(*, name: str, place: str = "", by: User) -> Board:
    """Add a standing board.

    Raises:
        Invalid: a field cannot be accepted, or the name is taken.
    """
    board = Board(name=name.strip(), place=place.strip())
    check(board)
    if Board.objects.filter(name=board.name).exists():
        raise Invalid({"name": [TAKEN]})
    try:
        with transaction.atomic():
            board.save()
    except IntegrityError as error:
        # Somebody else added the same name since it was looked for.
        raise Invalid({"name": [TAKEN]}) from error
    record(action="board.added", subject=board, by=by)
    return board


@transaction.atomic
def plan_meeting(
    *, board: Board, starts_at: datetime.datetime, place: str = "", by: User
) -> Meeting:
    """Plan a sitting of `board`; where no place is given, at its usual place.

    Raises:
        Invalid: the time has passed or is too far ahead, or the board meets then already.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    meeting = Meeting(board=board, starts_at=starts_at, place=place.strip() or board.place)
    check(meeting)
    now = timezone.now()
    if starts_at < now:
        raise Invalid({"starts_at": ["This time has passed."]})
    if starts_at.year > now.year + YEARS_AHEAD:
        raise Invalid({"starts_at": [f"This is more than {YEARS_AHEAD} years ahead."]})
    if Meeting.objects.filter(board=board, starts_at=starts_at).exists():
        raise Invalid({"starts_at": ["The board meets at this time already."]})
    meeting.save()
    record(action="meeting.planned", subject=meeting, by=by)
    return meeting


@transaction.atomic
def note_present(
    *, meeting: Meeting, name: str, specialty: str = "", person: User | None = None, by: User
) -> Attendance:
    """Note that somebody is present.

    Args:
        person: the member, or None for somebody from outside.

    Raises:
        Invalid: a field cannot be accepted, or the name is on the list.
        Refused: the meeting was canceled.
    """
    meeting = lock_meeting(meeting)
    attendance = Attendance(
        meeting=meeting, name=name.strip(), specialty=specialty.strip(), person=person
    )
    check(attendance)
    if Attendance.objects.filter(meeting=meeting, name=attendance.name).exists():
        raise Invalid({"name": ["This name is on the list already."]})
    attendance.save()
    record(action="meeting.attendance.noted", subject=meeting, by=by)
    return attendance


@transaction.atomic
def note_absent(*, attendance: Attendance, by: User) -> None:
    """Take somebody off the list of those present; signed decisions keep who was there."""
    meeting = attendance.meeting
    attendance.delete()
    record(action="meeting.attendance.removed", subject=meeting, by=by)


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: User) -> None:
    """Cancel a meeting that has no decisions; its cases ask for the board again.

    Raises:
        Refused: decisions were signed in it, or it is canceled already.
    """
    meeting = lock_meeting(meeting)
    items = list(AgendaItem.objects.select_for_update().filter(meeting=meeting))
    if Decision.objects.filter(agenda_item__in=items).exists():
        message = "Decisions were signed in this meeting, so it cannot be canceled."
        raise Refused(message)
    record(action="meeting.cancelled", subject=meeting, by=by)
    for item in items:
        remove(item=item)
    meeting.attendances.all().delete()
    meeting.delete()
    listed_anew(case_ids=[item.case_id for item in items])
