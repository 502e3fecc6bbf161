"""Running a meeting: which case the board has before it, and for how long.

The clock is one for everybody: it is run where nothing is hidden, since the case before it may be
restricted to others than who shows the next one.

One stretch of time is one `Discussion`; the open one is what everybody follows. However the
presenter jumps about, the minutes of a case are the sum of its stretches.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Discussion, Meeting
from cases.selectors.agendas import is_over
from cases.services.agendas import lock_item, lock_meeting
from cases.services.errors import Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import moment_in
from tumorboard.tenancy.scope import seeing_all

#: [INT] How long before its time a meeting may begin: it cannot be taken back.
EARLIEST = datetime.timedelta(hours=12)


@transaction.atomic
def begin(*, meeting: Meeting, by: User) -> Meeting:
    """Begin a meeting; one that has begun goes on as it is.

    Raises:
        Refused: the meeting was canceled, is over, or is not near yet.
    """
    meeting = _lock_present(meeting)
    if meeting.began_at is None:
        _begin(meeting, by)
        announce(meeting_id=meeting.pk)
    return meeting


@transaction.atomic
@seeing_all()
def show(*, item: AgendaItem, by: User) -> Discussion:
    """Put `item` before the board; its clock runs, and the one of the case before it stops.

    The first case shown begins the meeting. The case that is before the board already stays so,
    with its clock as it is; after a pause its clock goes on.

    Raises:
        Refused: the meeting was canceled, is over or is not near yet, or the case is not on its
            list any more.
    """
    meeting = _lock_present(item.meeting)
    item = lock_item(item)
    if item.meeting_id != meeting.pk:
        message = "This case was moved to another meeting."
        raise Refused(message)
    running = _running(meeting)
    if running is not None and running.item_id == item.pk:
        return running
    now = timezone.now()
    if meeting.began_at is None:
        _begin(meeting, by)
    if running is not None:
        _close(running, now)
    shown = Discussion.objects.create(meeting=meeting, item=item, began_at=now, shown_by=by)
    record(action="meeting.item.shown", subject=item, by=by)
    announce(meeting_id=meeting.pk)
    return shown


@transaction.atomic
@seeing_all()
def pause(*, meeting: Meeting, by: User) -> None:
    """Stop the clock; the case stays before the board until another one is shown.

    Raises:
        Refused: the meeting was canceled or has ended, or its clock does not run.
    """
    meeting = _lock_running(meeting)
    running = _running(meeting)
    if running is None:
        message = "The clock stands still already. Show a case to go on."
        raise Refused(message)
    _close(running, timezone.now())
    record(action="meeting.paused", subject=meeting, by=by)
    announce(meeting_id=meeting.pk)


@transaction.atomic
@seeing_all()
def end(*, meeting: Meeting, by: User) -> Meeting:
    """End a meeting; what it left undecided is carried over from its agenda.

    Raises:
        Refused: the meeting was canceled, has not begun, or has ended already.
    """
    meeting = _lock_running(meeting)
    if meeting.began_at is None:
        message = "This meeting has not begun. Cancel it if it will not take place."
        raise Refused(message)
    running = _running(meeting)
    # Clocks of two web servers may differ by a little.
    meeting.ended_at = max(timezone.now(), meeting.began_at)
    if running is not None:
        _close(running, meeting.ended_at)
    meeting.save(update_fields=["ended_at"])
    record(action="meeting.ended", subject=meeting, by=by)
    announce(meeting_id=meeting.pk)
    return meeting


def is_early(meeting: Meeting) -> bool:
    """Whether a meeting is not near yet: it cannot begin now."""
    return meeting.starts_at > timezone.now() + EARLIEST


def _lock_running(meeting: Meeting) -> Meeting:
    """The meeting's row, locked, where it may still be run."""
    meeting = lock_meeting(meeting)
    if meeting.ended_at is not None:
        message = "This meeting has ended. What it left undecided can be put on another list."
        raise Refused(message)
    return meeting


def _lock_present(meeting: Meeting) -> Meeting:
    """The same where a case may still come before the board.

    What a meeting that is over left undecided may stand on another list by now.
    """
    meeting = _lock_running(meeting)
    if is_over(meeting):
        message = (
            f"This meeting was {_when(meeting)} and is over. What it left undecided can be put on "
            "another list."
        )
        raise Refused(message)
    return meeting


def _running(meeting: Meeting) -> Discussion | None:
    return Discussion.objects.filter(meeting=meeting, ended_at=None).first()


def _begin(meeting: Meeting, by: User) -> None:
    if is_early(meeting):
        message = (
            f"This meeting is planned for {_when(meeting)}. It can begin at most "
            f"{EARLIEST.seconds // 3600} hours before; move it where the board sits today."
        )
        raise Refused(message)
    meeting.began_at = timezone.now()
    meeting.save(update_fields=["began_at"])
    record(action="meeting.begun", subject=meeting, by=by)


def _when(meeting: Meeting) -> str:
    return moment_in(meeting.starts_at, meeting.board.time_zone)


def _close(discussion: Discussion, now: datetime.datetime) -> None:
    discussion.ended_at = max(now, discussion.began_at)
    discussion.save(update_fields=["ended_at"])
