"""Meetings as calendar programs read them (RFC 5545, RFC 5546).

Where and when a board meets, and nothing of its cases: a calendar lies outside the house.
"""

import datetime
from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from cases.models import BoardMember, CalendarFeed, Meeting
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.selectors import holders

PRODUCT = "-//Tumorboard//Meetings//EN"
#: How far back a subscribed calendar reaches [INT].
DAYS_BACK = 90
#: How many meetings it holds at most; the furthest ones wait [INT].
MOST_MEETINGS = 1000
#: How often a program should look again.
REFRESH = datetime.timedelta(hours=4)


def meetings_of(person: User) -> QuerySet[Meeting]:
    """The meetings in the calendar of `person`: of their boards, of all where they are on none.

    The last 90 days and all that come, canceled ones too, so that programs learn of it.
    """
    since = timezone.now() - datetime.timedelta(days=DAYS_BACK)
    meetings = Meeting.objects.filter(starts_at__gte=since).select_related("board")
    boards = list(BoardMember.objects.filter(person=person).values_list("board_id", flat=True))
    if boards:
        meetings = meetings.filter(board__in=boards)
    return meetings.order_by("starts_at", "id")[:MOST_MEETINGS]


def feeds_of(person: User) -> list[CalendarFeed]:
    """The addresses of a person that are not revoked, newest first."""
    return list(CalendarFeed.objects.filter(person=person, revoked_at=None).order_by("-made_at"))


def feed_with(secret: str) -> CalendarFeed | None:
    """The feed that an address's secret belongs to; None where nobody may read it any more."""
    found = (
        CalendarFeed.objects.select_related("person")
        .filter(secret_hash=hash_of(secret), revoked_at=None)
        .first()
    )
    if found is None or not holders(Permission.BOARD_READ, among=[found.person_id]):
        return None
    return found


def feed(meetings: Iterable[Meeting], *, slug: str, name: str) -> bytes:
    """A calendar to subscribe to.

    Args:
        slug: of the institution, for the addresses of the meetings' pages.
        name: what programs call the calendar.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for meeting in meetings:
        calendar.add_component(_event(meeting, slug=slug))
    return calendar.to_ical()


def invitation(meeting: Meeting, *, to: User, slug: str) -> str:
    """One meeting as an invitation to one person; of a canceled one, that it is canceled.

    One meeting each: a request holds one UID (RFC 5546, 3.2.2), and the common programs read
    only the first.
    """
    method = "CANCEL" if meeting.cancelled_at else "REQUEST"
    return _to_one(_event(meeting, slug=slug), to, method=method)


def uninvitation(meeting: Meeting, *, to: User, slug: str) -> str:
    """One meeting that takes place without one person, to be taken out of that one's calendar.

    It has no status: only a meeting that takes place for nobody is canceled (RFC 5546, 3.2.5).
    """
    event = _event(meeting, slug=slug)
    del event["status"]
    return _to_one(event, to, method="CANCEL")


def _to_one(event: Event, person: User, *, method: str) -> str:
    calendar = _calendar(method)
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = vText(person.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def page_of(meeting: Meeting, *, slug: str) -> str:
    """The whole address of a meeting's page."""
    return urljoin(settings.SITE_URL, reverse("meeting", args=[slug, meeting.pk]))


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(meeting: Meeting, *, slug: str) -> Event:
    """In UTC: a meeting is one point in time, and each program shows it by its own clock."""
    starts_at = meeting.starts_at.astimezone(datetime.UTC)
    event = Event()
    event.add("uid", f"{meeting.pk}@tumorboard")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + datetime.timedelta(minutes=meeting.minutes))
    event.add("summary", meeting.board.name)
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    event.add("url", vUri(page_of(meeting, slug=slug)))
    if meeting.place:
        event.add("location", meeting.place)
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = vText(meeting.board.name)
    event.add("organizer", organizer)
    return event
