"""On which days a board sits."""

import datetime
import itertools
import zoneinfo

import pytest

from cases.models import Board
from cases.models.board import Rhythm
from cases.selectors.rhythms import is_of_rhythm, occurrences, rhythm_words, time_zones

BERLIN = "Europe/Berlin"


def board_of(rhythm, first_on, *, begins_at=datetime.time(14), time_zone=BERLIN):
    return Board(
        institution_id=None,
        name="NET board",
        rhythm=rhythm,
        first_on=datetime.date.fromisoformat(first_on),
        begins_at=begins_at,
        time_zone=time_zone,
    )


def days_of(board, *, after, count):
    moment = datetime.datetime.fromisoformat(after).replace(tzinfo=datetime.UTC)
    found = itertools.islice(occurrences(board, after=moment), count)
    return [f"{starts_at:%Y-%m-%d %H:%M}" for starts_at in found]


@pytest.mark.parametrize(
    ("rhythm", "first_on", "days"),
    [
        ("weekly", "2026-01-13", ["2026-11-24", "2026-12-01", "2026-12-08"]),
        ("fortnightly", "2026-01-13", ["2026-12-01", "2026-12-15", "2026-12-29"]),
        ("monthly", "2026-01-13", ["2026-12-08", "2027-01-12", "2027-02-09"]),
        # On the 29th: there is not a fifth one in every month, but always a last one.
        ("monthly", "2026-01-29", ["2026-11-26", "2026-12-31", "2027-01-28"]),
        ("monthly", "2026-01-22", ["2026-11-26", "2026-12-24", "2027-01-28"]),
        ("weekly", "2027-03-02", ["2027-03-02", "2027-03-09", "2027-03-16"]),
    ],
)
def test_the_days_of_a_rhythm(rhythm, first_on, days):
    board = board_of(rhythm, first_on)

    assert days_of(board, after="2026-11-22", count=3) == [f"{day} 14:00" for day in days]


@pytest.mark.parametrize("rhythm", ["", "weekly"])
def test_without_a_beginning_there_are_none(rhythm):
    assert (
        list(
            occurrences(
                Board(institution_id=None, rhythm=rhythm), after=datetime.datetime.now(datetime.UTC)
            )
        )
        == []
    )
    assert rhythm_words(Board(institution_id=None, rhythm=rhythm)) == "No fixed rhythm"


def test_the_clock_on_the_wall_stays_over_daylight_saving():
    board = board_of("weekly", "2026-10-20")
    after = datetime.datetime(2026, 10, 19, tzinfo=datetime.UTC)

    summer, winter = itertools.islice(occurrences(board, after=after), 2)

    assert (summer.hour, winter.hour) == (14, 14)
    assert (summer.astimezone(datetime.UTC).hour, winter.astimezone(datetime.UTC).hour) == (12, 13)


def test_the_day_is_that_of_the_boards_own_zone():
    # In Auckland it is Tuesday already while it is still Monday in Greenwich.
    board = board_of(
        "weekly", "2026-01-13", begins_at=datetime.time(8), time_zone="Pacific/Auckland"
    )

    (first,) = itertools.islice(
        occurrences(board, after=datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)), 1
    )

    assert f"{first:%A %H:%M}" == "Tuesday 08:00"
    assert f"{first.astimezone(datetime.UTC):%A}" == "Monday"


@pytest.mark.parametrize(("hour", "found"), [("13:59", "2026-11-24"), ("14:00", "2026-12-01")])
def test_what_begins_now_is_no_longer_coming(hour, found):
    board = board_of("weekly", "2026-01-13", time_zone="UTC")

    assert days_of(board, after=f"2026-11-24T{hour}", count=1) == [f"{found} 14:00"]


def test_whether_a_time_is_of_the_rhythm():
    board = board_of("weekly", "2026-01-13")
    tuesday = datetime.datetime(2026, 11, 24, 14, tzinfo=zoneinfo.ZoneInfo(BERLIN))

    assert is_of_rhythm(board, tuesday)
    assert is_of_rhythm(board, tuesday.astimezone(datetime.UTC))
    assert not is_of_rhythm(board, tuesday + datetime.timedelta(minutes=1))
    assert not is_of_rhythm(board, tuesday + datetime.timedelta(days=1))
    assert not is_of_rhythm(Board(institution_id=None), tuesday)


@pytest.mark.parametrize(
    ("rhythm", "first_on", "words"),
    [
        ("weekly", "2026-01-13", "Every week on Tuesday at 14:00"),
        ("fortnightly", "2026-01-13", "Every two weeks on Tuesday at 14:00"),
        ("monthly", "2026-01-13", "Every month on the second Tuesday at 14:00"),
        ("monthly", "2026-01-07", "Every month on the first Wednesday at 14:00"),
        ("monthly", "2026-01-29", "Every month on the last Thursday at 14:00"),
    ],
)
def test_a_rhythm_in_words(rhythm, first_on, words):
    assert rhythm_words(board_of(rhythm, first_on)) == words
    assert rhythm in Rhythm.values


def test_the_time_zones_are_places():
    names = time_zones()

    assert {"UTC", "America/New_York", BERLIN} <= set(names)
    assert not {"Factory", "localtime"} & set(names)
    assert list(names) == sorted(names)
