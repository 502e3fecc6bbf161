"""The page of one board: what is set for it, and who sits on it."""

import uuid

import pytest

from cases.models import Board, BoardMember
from cases.services import board_members, boards, meetings
from cases.services.row_versions import version_of
from tests.factories.boards import make_board, make_meeting
from tests.integration.web.boards.page import error_of, text
from tumorboard.accounts import memberships
from tumorboard.formats import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

SETTINGS = {
    "name": "NET board",
    "place": "https://video.example/net",
    "rhythm": "weekly",
    "first_on": "13 Jan 2026",
    "begins_at": "14:00",
    "time_zone": "Europe/Berlin",
    "minutes": "60",
    "cutoff_hours": "24",
    "task_days": "14",
    "required_specialties": ["surgery", "radiology"],
}


@pytest.fixture
def board(coordinator):
    """A board without a rhythm."""
    return make_board(name="NET board", by=coordinator)


def settings_of(board, **fields):
    return {**SETTINGS, "row_version": version_of(board), **fields}


class TestSettings:
    def test_are_saved_and_shown(self, browser, url, board):
        response = browser.post(url("board", board.pk), settings_of(board), follow=True)

        page = text(response)
        for words in (
            "The board is changed.",
            "Every week on Tuesday at 14:00",
            "Europe/Berlin",
            "60 minutes",
            "24 hours before",
            "Surgery, Diagnostic radiology",
            "within 14 days",
        ):
            assert words in page
        assert 'href="https://video.example/net"' in response.content.decode()
        board.refresh_from_db()
        assert board.required_specialties == ["surgery", "radiology"]

    @pytest.mark.parametrize(
        ("field", "typed", "reason"),
        [
            ("name", "", "Enter the name"),
            ("first_on", "", "Enter the day"),
            ("first_on", "soon", "Enter a date"),
            ("first_on", "1 Jan 1850", "years ago"),
            ("begins_at", "", "Enter the time"),
            ("begins_at", "noon", "14:00"),
            ("time_zone", "Mars/Olympus", "by its name"),
            ("rhythm", "daily", "valid choice"),
            ("minutes", "", "whole number"),
            ("minutes", "5", "Enter 10 to 600 minutes."),
            ("cutoff_hours", "999", "Enter 0 to 672 hours."),
            ("task_days", "0", "Enter 1 to 730 days."),
            ("required_specialties", "astrology", "valid choice"),
        ],
    )
    def test_an_error_stands_by_its_field(self, browser, url, board, field, typed, reason):
        given = settings_of(board, **{"place": "Attic", field: typed})

        response = browser.post(url("board", board.pk), given)

        assert response.status_code == 422
        assert reason in error_of(response, field)
        assert 'value="Attic"' in response.content.decode()
        assert Board.objects.get().rhythm == ""

    def test_two_who_change_them(self, browser, url, board, chair):
        seen = settings_of(board)
        boards.change(board=board, minutes=30, by=chair)

        response = browser.post(url("board", board.pk), seen)

        assert response.status_code == 422
        assert "Changed by somebody else while this page was open" in text(response)
        assert Board.objects.get().minutes == 30

    def test_only_who_manages(self, radiologists_browser, url, board):
        page = text(radiologists_browser.get(url("board", board.pk)))
        assert "Save settings" not in page
        assert "Add a member" not in page
        assert "Plan a meeting" not in page

        response = radiologists_browser.post(url("board", board.pk), settings_of(board))
        assert response.status_code == 403


def test_its_own_coming_meetings_with_what_may_be_done(browser, url, board, coordinator):
    meeting = make_meeting(board=board, by=coordinator)
    canceled = make_meeting(board=board, in_days=3, by=coordinator)
    meetings.cancel(meeting=canceled, by=coordinator)
    other = make_meeting(in_days=5, by=coordinator)

    response = browser.get(url("board", board.pk))

    page = text(response)
    assert moment(meeting.starts_at) in page
    assert moment(canceled.starts_at) not in page
    assert moment(other.starts_at) not in page
    assert url("meeting_move", meeting.pk) in response.content.decode()
    assert url("meeting_cancel", meeting.pk) in response.content.decode()


def test_a_rhythm_is_planned_by_one_button(browser, url, board, coordinator):
    assert "Plan the next meetings" not in text(browser.get(url("board", board.pk)))

    browser.post(url("board", board.pk), settings_of(board))

    assert "Plan the next meetings" in text(browser.get(url("board", board.pk)))


def test_an_unknown_board(browser, url):
    assert browser.get(url("board", uuid.uuid4())).status_code == 404


class TestMembers:
    def test_are_added(self, browser, url, board, chair):
        response = browser.post(
            url("board_member_add", board.pk),
            {"person": str(chair.pk), "duty": "chair", "specialty": "surgery"},
            follow=True,
        )

        page = text(response)
        assert "The board has a new member." in page
        assert f"{chair.name} Chair Surgery" in page
        # Whoever is on it is not offered again.
        assert f'value="{chair.pk}"' not in response.content.decode()

    @pytest.mark.parametrize(
        ("given", "field", "reason"),
        [
            ({"person": ""}, "person", "Choose the person"),
            ({"person": str(uuid.uuid4())}, "person", "active member of the institution"),
            ({"duty": "king"}, "duty", "valid choice"),
            ({"specialty": "astrology"}, "specialty", "valid choice"),
        ],
    )
    def test_an_error_stands_by_its_field(self, browser, url, board, chair, given, field, reason):
        typed = {"person": str(chair.pk), "duty": "member", "specialty": "", **given}

        response = browser.post(url("board_member_add", board.pk), typed)

        assert response.status_code == 422
        assert reason in error_of(response, field)
        assert not BoardMember.objects.exists()

    def test_are_changed(self, browser, url, board, chair, coordinator):
        member = board_members.add(board=board, person=chair, by=coordinator)
        assert chair.name in text(browser.get(url("board_member", member.pk)))

        response = browser.post(
            url("board_member", member.pk),
            {"duty": "chair", "specialty": "surgery", "row_version": version_of(member)},
            follow=True,
        )

        assert "The member is changed." in text(response)
        assert f"{chair.name} Chair Surgery" in text(response)

    def test_a_duty_that_does_not_exist(self, browser, url, board, chair, coordinator):
        member = board_members.add(board=board, person=chair, by=coordinator)

        response = browser.post(
            url("board_member", member.pk), {"duty": "", "row_version": version_of(member)}
        )

        assert response.status_code == 422
        assert "Choose what the person does" in error_of(response, "duty")

    def test_are_removed(self, browser, url, board, chair, coordinator):
        member = board_members.add(board=board, person=chair, by=coordinator)

        response = browser.post(url("board_member_remove", member.pk), follow=True)

        assert "taken off the board" in text(response)
        assert not BoardMember.objects.exists()

    def test_are_removed_once(self, browser, url, board, chair, coordinator, monkeypatch):
        member = board_members.add(board=board, person=chair, by=coordinator)
        remove = board_members.remove

        def after_somebody_else(**given):
            remove(**given)
            remove(**given)

        monkeypatch.setattr(board_members, "remove", after_somebody_else)
        response = browser.post(url("board_member_remove", member.pk), follow=True)

        assert "This person was taken off the board." in text(response)

    def test_who_left_the_institution_is_shown_as_such(
        self, browser, url, board, chair, coordinator, administrator
    ):
        board_members.add(board=board, person=chair, by=coordinator)
        memberships.remove(user=chair, by=administrator)

        page = text(browser.get(url("board", board.pk)))

        assert f"{chair.name} May no longer see boards here; gets no mail." in page

    def test_only_who_manages(self, radiologists_browser, url, board, chair, coordinator):
        member = board_members.add(board=board, person=chair, by=coordinator)

        for address in (
            url("board_member_add", board.pk),
            url("board_member", member.pk),
            url("board_member_remove", member.pk),
        ):
            assert radiologists_browser.post(address).status_code == 403
