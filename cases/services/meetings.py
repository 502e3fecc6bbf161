"""Planning, moving and canceling the meetings of a board."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Board, Decision, Meeting
from cases.models.postponement import PostponementCause
from cases.selectors.agendas import coming_items
from cases.selectors.rhythms import is_of_rhythm
from cases.services.agendas import lock_meeting, lock_open_meeting
from cases.services.checks import check
from cases.services.errors import Invalid, Refused
from cases.services.invitations import MOST_AT_ONCE, call_off, invite, tell_moved
from cases.services.live import announce
from cases.services.postponements import lock_listed, postpone
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import moment_in
from tumorboard.tenancy.scope import seeing_all

#: How far ahead a meeting may be planned. In the last hours of the calendar, a time zone would
#: lead out of what can be stored and read again.
YEARS_AHEAD = 10
#: How long before a meeting submissions close at most: as a board's own hours allow.
FARTHEST_CUTOFF = datetime.timedelta(days=28)
#: What the clocks' change can add to a number of days by the clock on the wall.
CLOCKS_CHANGE = datetime.timedelta(hours=1)
#: What moving a meeting writes.
MOVED = ("starts_at", "place", "minutes", "cutoff_at", "cutoff_noted_at", "sequence")


@transaction.atomic
def plan(
    *,
    board: Board,
    starts_at: datetime.datetime,
    place: str = "",
    minutes: int | None = None,
    cutoff_at: datetime.datetime | None = None,
    by: User,
) -> Meeting:
    """Plan a sitting of `board` and invite its members.

    Args:
        place: where it is; where empty, the board's usual place.
        minutes: how long it is; the board's own where not given.
        cutoff_at: when submissions close; by the board's hours where not given.

    Raises:
        Invalid: the time has passed or is too far ahead, the board meets then already, or another
            field cannot be accepted.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    meeting = _planned(board, starts_at, place=place, minutes=minutes, cutoff_at=cutoff_at, by=by)
    invite([meeting])
    return meeting


@transaction.atomic
def plan_series(*, board: Board, starts: Sequence[datetime.datetime], by: User) -> list[Meeting]:
    """Plan the meetings of a board's rhythm that a person has seen, all or none.

    Args:
        starts: times of the rhythm, as `cases.selectors.rhythms.not_planned` offers them.

    Raises:
        Invalid: none or too many, or times that are not of the rhythm, have passed or are taken.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    if not 0 < len(starts) <= MOST_AT_ONCE:
        raise Invalid({"starts_at": [f"Plan 1 to {MOST_AT_ONCE} meetings at once."]})
    for starts_at in starts:
        if fault := _range_fault(starts_at):
            raise Invalid({"starts_at": [fault]})
    if not all(is_of_rhythm(board, starts_at) for starts_at in starts):
        message = "The rhythm was changed since these dates were shown. Look at the new dates."
        raise Invalid({"starts_at": [message]})
    meetings = [_planned(board, starts_at, by=by) for starts_at in starts]
    invite(meetings)
    return meetings


@transaction.atomic
@seeing_all()
def move(
    *,
    meeting: Meeting,
    starts_at: datetime.datetime,
    place: str,
    minutes: int | None = None,
    by: User,
) -> Meeting:
    """Move a meeting to another time or place, with its cases; its members are told.

    Submissions close as long before it as they did. Where that time comes anew, so does the note
    of what was ready at it.

    Args:
        place: where it is; where empty, the board's usual place.
        minutes: how long it is; as before where not given.

    Raises:
        Invalid: the time has passed, is too far ahead or is taken, or a field cannot be accepted.
        Refused: it was canceled, has begun, or has signed decisions.
    """
    meeting = lock_meeting(meeting)
    meeting.board = Board.objects.select_for_update().get(pk=meeting.board_id)
    _refuse_begun(meeting)
    _refuse_signed(meeting, "moved")
    before = (meeting.starts_at, meeting.place, meeting.minutes)
    ahead = meeting.starts_at - meeting.cutoff_at if meeting.cutoff_at else None
    meeting.starts_at = starts_at
    meeting.place = _tidy(place) or meeting.board.place
    meeting.minutes = meeting.minutes if minutes is None else minutes
    if (meeting.starts_at, meeting.place, meeting.minutes) == before:
        return meeting
    fault = _time_fault(meeting)
    if not fault and starts_at != before[0] and ahead is not None:
        meeting.cutoff_at = _cutoff(starts_at, min(ahead, FARTHEST_CUTOFF))
    _check(meeting, time_fault=fault)
    announce(meeting_id=meeting.pk)
    if meeting.cutoff_at and meeting.cutoff_at > timezone.now():
        meeting.cutoff_noted_at = None
        meeting.items.update(was_ready_at_cutoff=None)
    meeting.sequence += 1
    meeting.save(update_fields=MOVED)
    record(action="meeting.moved", subject=meeting, by=by)
    tell_moved(meeting)
    return meeting


@transaction.atomic
@seeing_all()
def cancel(*, meeting: Meeting, because: str = "", to: Meeting | None = None, by: User) -> Meeting:
    """Cancel a meeting without decisions; its row stays, its members are told.

    Args:
        because: why, for those who look at it here; it stands in no mail.
        to: the coming meeting, of any board, to which its cases move; None: they ask for the
            board again. A case that stands on another coming list leaves this one alone.

    Raises:
        Invalid: the reason cannot be kept.
        Refused: decisions were signed in it, it is canceled already, or `to` is over, canceled or
            this very meeting.
    """
    if to is not None and to.pk == meeting.pk:
        message = "Choose another meeting for the cases than the one that is canceled."
        raise Refused(message)
    _lock_in_order(meeting, to)
    meeting = lock_meeting(meeting)
    if to is not None:
        to = lock_open_meeting(to)
    _refuse_signed(meeting, "canceled")
    meeting.cancelled_because = _tidy(because)
    check(meeting)
    announce(meeting_id=meeting.pk)
    items = AgendaItem.objects.filter(meeting=meeting).select_related("case", "meeting__board")
    lock_listed(items)
    for item in items.order_by("position"):
        stands_elsewhere = any(other.pk != item.pk for other in coming_items(item.case))
        postpone(
            item=item,
            cause=PostponementCause.CANCELLED,
            text=meeting.cancelled_because,
            to=None if stands_elsewhere else to,
            by=by,
        )
    # Nobody was present at what did not take place.
    meeting.attendances.all().delete()
    meeting.cancelled_at = timezone.now()
    meeting.sequence += 1
    meeting.save(update_fields=["cancelled_at", "cancelled_because", "sequence"])
    record(action="meeting.cancelled", subject=meeting, by=by)
    call_off(meeting)
    return meeting


def _planned(
    board: Board,
    starts_at: datetime.datetime,
    *,
    place: str = "",
    minutes: int | None = None,
    cutoff_at: datetime.datetime | None = None,
    by: User,
) -> Meeting:
    """One more meeting; the caller holds the board's lock and invites."""
    meeting = Meeting(
        board=board,
        starts_at=starts_at,
        place=_tidy(place) or board.place,
        minutes=board.minutes if minutes is None else minutes,
        cutoff_at=cutoff_at,
    )
    fault = _time_fault(meeting)
    if not fault and cutoff_at is None:
        meeting.cutoff_at = _cutoff(starts_at, datetime.timedelta(hours=board.cutoff_hours))
    _check(meeting, time_fault=fault)
    meeting.save()
    record(action="meeting.planned", subject=meeting, by=by)
    return meeting


def _cutoff(starts_at: datetime.datetime, ahead: datetime.timedelta) -> datetime.datetime:
    """When submissions close; where that has passed, when the meeting begins [INT].

    What comes to a meeting that is called at short notice is not late.
    """
    cutoff_at = starts_at - ahead
    return cutoff_at if cutoff_at > timezone.now() else starts_at


def _check(meeting: Meeting, *, time_fault: str) -> None:
    """Refuse what cannot be; the caller holds the lock of the board."""
    errors: dict[str, list[str]] = {}
    if time_fault:
        errors["starts_at"] = [time_fault]
    elif fault := _cutoff_fault(meeting):
        errors["cutoff_at"] = [fault]
    check(meeting, also=errors)


def _cutoff_fault(meeting: Meeting) -> str:
    """Why submissions cannot close when they do; empty where they can."""
    if meeting.cutoff_at is None:
        return ""
    if meeting.cutoff_at > meeting.starts_at:
        return "Submissions close before the meeting begins, or when it does."
    if meeting.starts_at - meeting.cutoff_at > FARTHEST_CUTOFF + CLOCKS_CHANGE:
        return f"Submissions close at most {FARTHEST_CUTOFF.days} days before the meeting."
    return ""


def _range_fault(starts_at: datetime.datetime) -> str:
    """Why nothing can be planned then; empty where it can.

    To be asked before anything is reckoned with a time that was typed: at both ends of the
    calendar an hour more or less does not exist.
    """
    now = timezone.now()
    if starts_at < now:
        return "This time has passed."
    if starts_at.year > now.year + YEARS_AHEAD:
        return f"This is more than {YEARS_AHEAD} years ahead."
    return ""


def _time_fault(meeting: Meeting) -> str:
    """Why a meeting cannot be at its time; empty where it can."""
    if fault := _range_fault(meeting.starts_at):
        return fault
    taken = Meeting.objects.filter(
        board=meeting.board_id, starts_at=meeting.starts_at, cancelled_at=None
    )
    if taken.exclude(pk=meeting.pk).exists():
        when = moment_in(meeting.starts_at, meeting.board.time_zone)
        return f"The board meets at this time already: {when}."
    return ""


def _refuse_begun(meeting: Meeting) -> None:
    if meeting.began_at is not None or meeting.starts_at <= timezone.now():
        message = (
            "This meeting has begun, so it cannot be moved. Where it did not take place, cancel it "
            "and carry its cases over."
        )
        raise Refused(message)


def _refuse_signed(meeting: Meeting, done: str) -> None:
    if Decision.objects.filter(agenda_item__meeting=meeting).exists():
        message = f"Decisions were signed in this meeting, so it cannot be {done}."
        raise Refused(message)


def _lock_in_order(meeting: Meeting, to: Meeting | None) -> None:
    """Both meetings in one order for all, or two who carry cases both ways would wait for ever."""
    wanted = [meeting.pk, *([to.pk] if to else [])]
    list(Meeting.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))


def _tidy(text: str) -> str:
    return " ".join(text.split())
