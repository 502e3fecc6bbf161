"""The standing boards and planning a meeting."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Board, Meeting
from tests.factories.boards import make_board, make_meeting
from tests.integration.web.boards.page import error_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def begins(days):
    """A time as the form's field sends it."""
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def test_boards_with_coming_and_past_meetings(browser, url, coordinator):
    board = make_board(name="NET board", place="Room 7", by=coordinator)
    make_meeting(board=board, by=coordinator)
    past = make_meeting(board=board, by=coordinator)
    Meeting.objects.filter(pk=past.pk).update(starts_at=timezone.now() - timedelta(days=9))

    page = text(browser.get(url("boards")))

    assert "NET board Room 7 Plan a meeting" in page
    assert page.index("Coming meetings") < page.index("Past meetings")


def test_nothing_yet(radiologists_browser, url):
    page = text(radiologists_browser.get(url("boards")))

    assert "None planned." in page
    assert "Add a board" not in page


def test_a_board_is_added(browser, url):
    response = browser.post(url("boards"), {"name": "NET board", "place": "Room 7"}, follow=True)

    assert "NET board is added." in text(response)
    assert Board.objects.get().place == "Room 7"


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


def test_a_meeting_is_planned(browser, url, coordinator):
    board = make_board(place="Room 7", by=coordinator)

    assert "usually Room 7" in text(browser.get(url("meeting_new", board.pk)))
    response = browser.post(
        url("meeting_new", board.pk), {"starts_at": begins(3), "place": ""}, follow=True
    )

    assert "The meeting is planned." in text(response)
    assert Meeting.objects.get().place == "Room 7"


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [("", "Enter the day"), ("tomorrow", "like 2026-11-21"), ("2020-01-01T10:00", "passed")],
)
def test_an_error_stands_by_the_time(browser, url, coordinator, starts_at, reason):
    board = make_board(by=coordinator)

    response = browser.post(
        url("meeting_new", board.pk), {"starts_at": starts_at, "place": "Attic"}
    )

    assert response.status_code == 422
    assert reason in error_of(response, "starts_at")
    assert 'value="Attic"' in response.content.decode()
    assert not Meeting.objects.exists()


def test_only_who_manages_plans(radiologists_browser, url, coordinator):
    board = make_board(by=coordinator)

    assert radiologists_browser.get(url("meeting_new", board.pk)).status_code == 403


def test_an_unknown_board(browser, url):
    assert browser.get(url("meeting_new", uuid.uuid4())).status_code == 404
