"""The overview of the standing boards."""

import datetime
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Board, Meeting
from cases.services import board_members, boards, meetings
from tests.factories.boards import make_board, make_meeting
from tests.integration.web.boards.page import error_of, text
from tumorboard.formats import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_boards_with_coming_and_past_meetings(browser, url, coordinator):
    board = make_board(name="NET board", place="Room 7", by=coordinator)
    coming = make_meeting(board=board, by=coordinator)
    canceled = make_meeting(board=board, in_days=3, by=coordinator)
    meetings.cancel(meeting=canceled, by=coordinator)
    past = make_meeting(board=board, by=coordinator)
    Meeting.objects.filter(pk=past.pk).update(starts_at=timezone.now() - timedelta(days=9))

    page = text(browser.get(url("boards")))

    assert f"NET board Room 7 No fixed rhythm {moment(coming.starts_at)} Nobody named" in page
    assert moment(canceled.starts_at) not in page
    assert page.index("Coming meetings") < page.index("Past meetings")


def test_a_board_with_rhythm_and_chair(browser, url, coordinator, chair):
    board = boards.change(
        board=make_board(name="NET board", by=coordinator),
        rhythm="monthly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(14),
        by=coordinator,
    )
    board_members.add(board=board, person=chair, duty="chair", by=coordinator)

    page = text(browser.get(url("boards")))

    assert "Every month on the second Tuesday at 14:00 None planned." in page
    assert chair.name in page


def test_the_soonest_meeting_of_each_board_is_the_next(browser, url, coordinator):
    board = make_board(by=coordinator)
    later = make_meeting(board=board, in_days=9, by=coordinator)
    sooner = make_meeting(board=board, in_days=2, by=coordinator)

    page = text(browser.get(url("boards"))).split("Coming meetings")[0]

    assert moment(sooner.starts_at) in page
    assert moment(later.starts_at) not in page


def test_nothing_yet(radiologists_browser, url):
    page = text(radiologists_browser.get(url("boards")))

    assert "None planned." in page
    assert "Add a board" not in page


def test_a_board_is_added(browser, url):
    response = browser.post(url("boards"), {"name": "NET board", "place": "Room 7"}, follow=True)

    assert "NET board is added." in text(response)
    assert Board.objects.get().place == "Room 7"
    assert response.redirect_chain[-1][0] == url("board", Board.objects.get().pk)


@pytest.mark.parametrize(
    ("name", "reason"), [("", "Enter the name"), ("NET board", "already there")]
)
def test_an_error_stands_by_the_name(browser, url, coordinator, name, reason):
    make_board(name="NET board", by=coordinator)

    response = browser.post(url("boards"), {"name": name, "place": "Room 7"})

    assert response.status_code == 422
    assert reason in error_of(response, "name")
    assert 'value="Room 7"' in response.content.decode()


def test_only_who_manages_adds(radiologists_browser, url):
    assert radiologists_browser.post(url("boards"), {"name": "Mine"}).status_code == 403
    assert not Board.objects.exists()
