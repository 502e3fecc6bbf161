"""Telling the members of a board by mail when it meets: invitations for their calendars."""

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils import timezone

from cases.models import Board, Meeting
from cases.selectors.board_members import invited
from cases.selectors.calendar import invitation, page_of, uninvitation
from tumorboard.accounts.models import User
from tumorboard.formats import moment_in
from tumorboard.outbox.mail import Attachment, post
from tumorboard.tenancy.scope import current_institution

#: To how many meetings somebody is invited at once: a year of weeks [INT].
MOST_AT_ONCE = 52
PLANNED = "planned"
MOVED = "moved"
CANCELED = "canceled"
WITHOUT_YOU = "takes place without you"


def invite(meetings: Sequence[Meeting]) -> None:
    """Mail each member of the board an invitation to each of its `meetings`.

    Args:
        meetings: new ones of one board, at least one.
    """
    _tell(meetings, PLANNED, to=invited(meetings[0].board))


def invite_to_coming(person: User, *, board: Board) -> None:
    """Mail somebody who comes onto a board an invitation to each of its coming meetings."""
    coming = Meeting.objects.filter(
        board=board, starts_at__gt=timezone.now(), cancelled_at=None
    ).select_related("board")
    _tell(coming.order_by("starts_at")[:MOST_AT_ONCE], PLANNED, to=[person])


def tell_moved(meeting: Meeting) -> None:
    """Mail the members the new time and place; their calendars know it by its sequence."""
    _tell([meeting], MOVED, to=invited(meeting.board))


def call_off(meeting: Meeting) -> None:
    """Mail the members that a meeting was canceled; why is read here, not in a mail."""
    _tell([meeting], CANCELED, to=invited(meeting.board))


def take_back_from_coming(person: User, *, board: Board) -> None:
    """Mail somebody who was taken off a board that its coming meetings are without them.

    The sequence of each goes on, so that calendars take this for the latest word. The caller holds
    the locks of the meetings and of the board.
    """
    coming = Meeting.objects.filter(
        board=board, starts_at__gt=timezone.now(), cancelled_at=None
    ).order_by("starts_at")
    coming.update(sequence=F("sequence") + 1)
    slug = current_institution().slug
    for meeting in coming.select_related("board"):
        words = f"You were taken off {board.name}. This meeting {WITHOUT_YOU}."
        calendar = uninvitation(meeting, to=person, slug=slug)
        _post(person, meeting, WITHOUT_YOU, words, calendar, method="CANCEL")


def _tell(meetings: Iterable[Meeting], what: str, *, to: Sequence[User]) -> None:
    """One mail for each person and meeting, the only kind that all calendar programs read."""
    slug = current_institution().slug
    for meeting in meetings:
        words = f"A meeting of {meeting.board.name} was {what}."
        method = "CANCEL" if meeting.cancelled_at else "REQUEST"
        for person in to:
            calendar = invitation(meeting, to=person, slug=slug)
            _post(person, meeting, what, words, calendar, method=method)


def _post(
    person: User, meeting: Meeting, what: str, words: str, calendar: str, *, method: str
) -> None:
    when = moment_in(meeting.starts_at, meeting.board.time_zone)
    facts = [f"Begins: {when}", f"Minutes: {meeting.minutes}"]
    if meeting.place:
        facts.append(f"Place: {meeting.place}")
    post(
        to=[person.email],
        subject=f"{meeting.board.name}, {when}: {what}",
        body=_body(words, facts, page_of(meeting, slug=current_institution().slug)),
        attachment=Attachment(
            name="meeting.ics",
            text=calendar,
            content_type=f"text/calendar; method={method}",
        ),
    )


def _body(words: str, facts: Sequence[str], address: str) -> str:
    return "\n".join([words, "", *facts, "", address, ""])
