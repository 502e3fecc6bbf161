"""The rhythm of a standing board: on which days it sits, and how that is said."""

import datetime
import itertools
import zoneinfo
from collections.abc import Iterator
from functools import cache

from dateutil import rrule
from django.utils import timezone

from cases.models import Board, Meeting
from cases.models.board import Rhythm

#: Names that a system's collection holds beside those of the IANA database's places.
NO_PLACES = frozenset({"Factory", "localtime"})
#: A month has a fifth such weekday only now and then: then the last one is meant [INT].
FIFTH = 5
LAST = -1
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}
WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


@cache
def time_zones() -> tuple[str, ...]:
    """The names of the time zones that a board may have, in order; read from disk once."""
    return tuple(sorted(zoneinfo.available_timezones() - NO_PLACES))


def occurrences(board: Board, *, after: datetime.datetime) -> Iterator[datetime.datetime]:
    """When `board` sits by its rhythm, later than `after`, without end; nothing without a rhythm.

    The clock on the wall stays when daylight saving begins or ends: only the days are counted,
    and each gets the hour in the board's time zone.
    """
    first_on, begins_at = board.first_on, board.begins_at
    if not board.rhythm or first_on is None or begins_at is None:
        return iter(())
    zone = zoneinfo.ZoneInfo(board.time_zone)
    from_day = max(_midnight(first_on), _midnight(after.astimezone(zone).date()))
    days = _rule(board.rhythm, first_on).xafter(from_day, inc=True)
    starts = (datetime.datetime.combine(day.date(), begins_at, tzinfo=zone) for day in days)
    return itertools.dropwhile(lambda starts_at: starts_at <= after, starts)


def not_planned(board: Board, *, count: int) -> list[datetime.datetime]:
    """The next `count` times of the rhythm at which no meeting was ever planned.

    What was planned and then moved or canceled is not offered again: its history tells.
    """
    if not board.rhythm:
        return []
    rows = Meeting.objects.filter(board=board).values("pk")
    events = Meeting.pgh_event_model.objects  # type: ignore[attr-defined]
    now = timezone.now()
    planned = set(
        events.filter(pgh_obj_id__in=rows, starts_at__gt=now).values_list("starts_at", flat=True)
    )
    dates = itertools.filterfalse(planned.__contains__, occurrences(board, after=now))
    return list(itertools.islice(dates, count))


def is_of_rhythm(board: Board, starts_at: datetime.datetime) -> bool:
    """Whether `board` sits at `starts_at` by its rhythm."""
    before = starts_at - datetime.timedelta(seconds=1)
    return next(occurrences(board, after=before), None) == starts_at


def rhythm_words(board: Board) -> str:
    """The rhythm in words: "Every month on the second Tuesday at 14:00"; "No fixed rhythm"."""
    if not board.rhythm or board.first_on is None or board.begins_at is None:
        return str(Rhythm.NONE.label)
    weekday = f"{board.first_on:%A}"
    how_often = {
        Rhythm.WEEKLY: f"Every week on {weekday}",
        Rhythm.FORTNIGHTLY: f"Every two weeks on {weekday}",
        Rhythm.MONTHLY: f"Every month on the {ORDINALS[_place_in_month(board.first_on)]} {weekday}",
    }
    return f"{how_often[Rhythm(board.rhythm)]} at {board.begins_at:%H:%M}"


def _rule(rhythm: str, first_on: datetime.date) -> rrule.rrule:
    """Midnights without a time zone, from the first meeting on."""
    begin = _midnight(first_on)
    if rhythm == Rhythm.MONTHLY:
        weekday = WEEKDAYS[first_on.weekday()](_place_in_month(first_on))
        return rrule.rrule(rrule.MONTHLY, dtstart=begin, byweekday=weekday)
    return rrule.rrule(
        rrule.WEEKLY, dtstart=begin, interval=2 if rhythm == Rhythm.FORTNIGHTLY else 1
    )


def _place_in_month(date: datetime.date) -> int:
    """Which of its weekday a date is in its month, 1 to 4, or the last one (-1)."""
    place = (date.day - 1) // 7 + 1
    return LAST if place == FIFTH else place


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time())
