"""Which dates of a rhythm are still to be planned."""

import datetime
from datetime import timedelta

import pytest

from cases.selectors.rhythms import not_planned
from cases.services import boards, meetings
from tests.factories.boards import make_board, make_meeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def board(coordinator):
    """A board that meets every week."""
    return boards.change(
        board=make_board(by=coordinator),
        rhythm="weekly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(14),
        by=coordinator,
    )


def test_a_board_without_a_rhythm(coordinator):
    assert not_planned(make_board(by=coordinator), count=3) == []


def test_what_was_planned_is_not_offered_again_even_moved_or_canceled(board, coordinator):
    dates = not_planned(board, count=5)
    stays, moved, canceled = meetings.plan_series(board=board, starts=dates[:3], by=coordinator)
    meetings.move(
        meeting=moved, starts_at=moved.starts_at + timedelta(hours=1), place="", by=coordinator
    )
    meetings.cancel(meeting=canceled, by=coordinator)
    make_meeting(by=coordinator)

    assert stays.starts_at == dates[0]
    assert not_planned(board, count=2) == dates[3:]


def test_another_boards_meeting_takes_no_date(board, coordinator):
    (first,) = not_planned(board, count=1)
    meetings.plan(board=make_board(by=coordinator), starts_at=first, by=coordinator)

    assert not_planned(board, count=1) == [first]


def test_queries_do_not_grow_with_the_meetings(board, coordinator, django_assert_num_queries):
    meetings.plan_series(board=board, starts=not_planned(board, count=10), by=coordinator)

    with django_assert_num_queries(1):
        not_planned(board, count=20)
