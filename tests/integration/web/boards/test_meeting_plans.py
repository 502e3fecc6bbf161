"""Planning meetings, moving and canceling them, by their pages."""

import datetime
import re
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Meeting
from cases.selectors.rhythms import not_planned
from cases.services import board_members, boards, meetings
from cases.services.row_versions import version_of
from tests.factories.boards import make_board, make_item, make_meeting, sign
from tests.integration.web.boards.page import error_of, text
from tumorboard.formats import moment, moment_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TOKYO = "Asia/Tokyo"


def begins(days):
    """A time as the form's field sends it."""
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


@pytest.fixture
def weekly(coordinator):
    """A board that meets every week, by the clock of Tokyo."""
    return boards.change(
        board=make_board(place="Room 7", by=coordinator),
        rhythm="weekly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(8),
        time_zone=TOKYO,
        by=coordinator,
    )


class TestOne:
    def test_is_planned(self, browser, url, coordinator):
        board = make_board(place="Room 7", by=coordinator)

        page = browser.get(url("meeting_new", board.pk))
        assert "usually Room 7" in text(page)
        assert 'value="90"' in page.content.decode()
        response = browser.post(
            url("meeting_new", board.pk), {"starts_at": begins(3), "place": ""}, follow=True
        )

        assert "The meeting is planned." in text(response)
        meeting = Meeting.objects.get()
        assert (meeting.place, meeting.minutes) == ("Room 7", 90)

    def test_by_the_clock_of_the_board(self, browser, url, weekly):
        day = timezone.localdate() + timedelta(days=3)

        browser.post(
            url("meeting_new", weekly.pk),
            {
                "starts_at": f"{day}T08:30",
                "cutoff_at": f"{day}T07:30",
                "minutes": "30",
                "place": "",
            },
        )

        meeting = Meeting.objects.get()
        local = meeting.starts_at.astimezone(ZoneInfo(TOKYO))
        assert (local.date(), f"{local:%H:%M}") == (day, "08:30")
        assert meeting.starts_at - meeting.cutoff_at == timedelta(hours=1)

    @pytest.mark.parametrize(
        ("typed", "field", "reason"),
        [
            ({"starts_at": ""}, "starts_at", "Enter the day"),
            ({"starts_at": "tomorrow"}, "starts_at", "like 2026-11-21"),
            ({"starts_at": "2020-01-01T10:00"}, "starts_at", "passed"),
            ({"starts_at": "0001-01-01T00:00"}, "starts_at", "a year from 2000 to 2200"),
            ({"starts_at": "9999-12-31T23:59"}, "starts_at", "a year from 2000 to 2200"),
            ({"starts_at": "2200-12-31T23:59"}, "starts_at", "years ahead"),
            ({"cutoff_at": "0001-01-01T00:00"}, "cutoff_at", "a year from 2000 to 2200"),
            ({"cutoff_at": "2000-01-01T00:00"}, "cutoff_at", "at most 28 days before"),
            ({"minutes": "5"}, "minutes", "Enter 10 to 600 minutes."),
            ({"cutoff_at": begins(9)}, "cutoff_at", "before the meeting begins"),
        ],
    )
    def test_an_error_stands_by_its_field(self, browser, url, coordinator, typed, field, reason):
        board = make_board(by=coordinator)

        response = browser.post(
            url("meeting_new", board.pk), {"starts_at": begins(3), "place": "Attic", **typed}
        )

        assert response.status_code == 422
        assert reason in error_of(response, field)
        assert 'value="Attic"' in response.content.decode()
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
    def test_the_ends_of_the_calendar_by_the_clock_of_the_board(self, browser, url, weekly, typed):
        for given in ({"starts_at": typed}, {"starts_at": begins(3), "cutoff_at": typed}):
            response = browser.post(url("meeting_new", weekly.pk), {"place": "", **given})
            assert response.status_code == 422

        assert not Meeting.objects.exists()

    def test_only_who_manages_plans(self, radiologists_browser, url, coordinator):
        board = make_board(by=coordinator)

        assert radiologists_browser.get(url("meeting_new", board.pk)).status_code == 403

    def test_an_unknown_board(self, browser, url):
        assert browser.get(url("meeting_new", uuid.uuid4())).status_code == 404


class TestSeries:
    def shown(self, response):
        return re.findall(r'name="starts_at" value="([^"]*)"', response.content.decode())

    def test_the_dates_are_shown_first_and_then_planned(self, browser, url, weekly):
        address = url("meeting_series", weekly.pk)

        first = browser.get(address)
        assert "Plan these 6 meetings" in text(first)
        assert len(self.shown(first)) == 6
        shown = browser.post(address, {"count": "2"})
        dates = not_planned(weekly, count=2)
        assert f"Tuesday, {moment_in(dates[0], TOKYO)}" in text(shown)
        assert not Meeting.objects.exists()

        response = browser.post(
            address, {"count": "2", "starts_at": self.shown(shown), "plan": "1"}, follow=True
        )

        assert "2 meetings are planned." in text(response)
        assert [meeting.starts_at for meeting in Meeting.objects.order_by("starts_at")] == dates

    def test_one(self, browser, url, weekly):
        address = url("meeting_series", weekly.pk)
        shown = browser.post(address, {"count": "1"})
        assert "Plan this meeting" in text(shown)

        response = browser.post(
            address, {"count": "1", "starts_at": self.shown(shown), "plan": "1"}, follow=True
        )

        assert "The meeting is planned." in text(response)

    @pytest.mark.parametrize(
        ("count", "reason"),
        [("", "how many"), ("many", "whole number"), ("0", "1 to 52"), ("53", "1 to 52")],
    )
    def test_how_many(self, browser, url, weekly, count, reason):
        response = browser.post(url("meeting_series", weekly.pk), {"count": count, "plan": "1"})

        assert response.status_code == 422
        assert reason in error_of(response, "count")

    @pytest.mark.parametrize("given", [[], ["soon", "2026-13-01T10:00", "2026-12-01T10:00"]])
    def test_nothing_that_was_not_shown_is_planned(self, browser, url, weekly, given):
        response = browser.post(
            url("meeting_series", weekly.pk), {"count": "1", "starts_at": given, "plan": "1"}
        )

        assert response.status_code == 422
        assert "Plan 1 to 52 meetings at once." in text(response)
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize(
        ("given", "reason"),
        [("0001-01-01T00:00+09:00", "passed"), ("9999-12-31T23:59:59-14:00", "years ahead")],
    )
    def test_nothing_is_planned_where_the_calendar_ends(self, browser, url, weekly, given, reason):
        response = browser.post(
            url("meeting_series", weekly.pk), {"count": "1", "starts_at": given, "plan": "1"}
        )

        assert response.status_code == 422
        assert reason in text(response)

    def test_what_somebody_else_planned_meanwhile(self, browser, url, weekly, coordinator):
        dates = not_planned(weekly, count=2)
        meetings.plan(board=weekly, starts_at=dates[0], by=coordinator)

        response = browser.post(
            url("meeting_series", weekly.pk),
            {"count": "2", "starts_at": [date.isoformat() for date in dates], "plan": "1"},
        )

        assert response.status_code == 422
        assert "meets at this time already" in text(response)
        assert Meeting.objects.count() == 1

    def test_a_board_without_a_rhythm(self, browser, url, coordinator):
        board = make_board(by=coordinator)

        assert "This board has no rhythm" in text(browser.get(url("meeting_series", board.pk)))

    def test_only_who_manages(self, radiologists_browser, url, weekly):
        assert radiologists_browser.get(url("meeting_series", weekly.pk)).status_code == 403


class TestMove:
    def moved(self, meeting, **typed):
        return {
            "starts_at": begins(20),
            "minutes": "45",
            "place": "Room 9",
            "row_version": version_of(meeting),
            **typed,
        }

    def test_to_another_time_and_place(self, browser, url, meeting):
        assert "Move the meeting of" in text(browser.get(url("meeting_move", meeting.pk)))

        response = browser.post(url("meeting_move", meeting.pk), self.moved(meeting), follow=True)

        assert "The meeting is moved." in text(response)
        meeting.refresh_from_db()
        assert (meeting.place, meeting.minutes, meeting.sequence) == ("Room 9", 45, 1)

    def test_shows_and_takes_the_time_by_the_clock_of_the_board(
        self, browser, url, weekly, coordinator
    ):
        (starts_at,) = not_planned(weekly, count=1)
        meeting = meetings.plan(board=weekly, starts_at=starts_at, by=coordinator)
        shown = browser.get(url("meeting_move", meeting.pk)).content.decode()
        typed = f"{starts_at:%Y-%m-%d}T08:00"
        assert f'value="{typed}"' in shown

        browser.post(url("meeting_move", meeting.pk), self.moved(meeting, starts_at=typed))

        meeting.refresh_from_db()
        assert meeting.starts_at == starts_at

    def test_says_why_not(self, browser, url, meeting, coordinator):
        response = browser.post(
            url("meeting_move", meeting.pk), self.moved(meeting, starts_at="2020-01-01T10:00")
        )
        assert "passed" in error_of(response, "starts_at")

        Meeting.objects.update(began_at=timezone.now())
        response = browser.post(url("meeting_move", meeting.pk), self.moved(meeting))
        assert response.status_code == 422
        assert "has begun" in text(response)

    def test_two_who_move_it(self, browser, url, meeting, coordinator):
        typed = self.moved(meeting)
        meetings.move(meeting=meeting, starts_at=meeting.starts_at, place="Cellar", by=coordinator)

        response = browser.post(url("meeting_move", meeting.pk), typed)

        assert response.status_code == 422
        assert "Changed by somebody else" in text(response)

    def test_only_who_manages(self, radiologists_browser, url, meeting):
        assert radiologists_browser.get(url("meeting_move", meeting.pk)).status_code == 403

    def test_an_unknown_meeting(self, browser, url):
        assert browser.get(url("meeting_move", uuid.uuid4())).status_code == 404


class TestCancel:
    def test_asks_then_does(self, browser, url, item):
        assert "1 case." in text(browser.get(url("meeting_cancel", item.meeting_id)))

        response = browser.post(
            url("meeting_cancel", item.meeting_id), {"because": "Congress"}, follow=True
        )

        assert "The meeting is canceled." in text(response)
        assert not AgendaItem.objects.exists()
        page = text(browser.get(url("meeting", item.meeting_id)))
        assert "This meeting was canceled on" in page
        assert "Congress" in page
        assert "Cancel meeting" not in page
        assert "Note as present" not in page
        assert page.count("This meeting was canceled") == 1
        assert "Its list is empty." in page
        assert "No cases yet" not in page
        assert "Agenda on A4" not in page
        assert "Submissions close" not in page

    def test_carries_the_cases_to_a_coming_meeting(self, browser, url, item, coordinator):
        other = make_meeting(by=coordinator)
        shown = text(browser.get(url("meeting_cancel", item.meeting_id)))
        assert f"Move to {other.board.name}, {moment(other.starts_at)}" in shown

        browser.post(url("meeting_cancel", item.meeting_id), {"to": str(other.pk)})

        item.refresh_from_db()
        assert item.meeting_id == other.pk

    def test_not_to_a_meeting_that_is_not_coming(self, browser, url, item):
        response = browser.post(
            url("meeting_cancel", item.meeting_id), {"to": str(item.meeting_id)}
        )

        assert response.status_code == 422
        assert "Choose a coming meeting" in error_of(response, "to")

    def test_an_empty_meeting_asks_for_no_place(self, browser, url, meeting):
        assert "undecided cases" not in text(browser.get(url("meeting_cancel", meeting.pk)))

    def test_not_after_a_decision(self, browser, url, item, chair):
        sign(item, by=chair)

        response = browser.post(url("meeting_cancel", item.meeting_id))

        assert response.status_code == 422
        assert "cannot be canceled" in text(response)
        assert Meeting.objects.get().cancelled_at is None

    def test_only_who_manages(self, radiologists_browser, url, item):
        assert radiologists_browser.post(url("meeting_cancel", item.meeting_id)).status_code == 403


def test_a_member_who_is_noted_counts_for_what_they_stand_for(
    browser, url, meeting, chair, coordinator
):
    board_members.add(board=meeting.board, person=chair, specialty="surgery", by=coordinator)

    browser.post(url("attendance_add", meeting.pk), {"person": str(chair.pk)})

    noted = meeting.attendances.get()
    assert (noted.specialty_code, noted.specialty) == ("surgery", "Surgery")


def test_somebody_else_counts_for_what_is_chosen(browser, url, meeting):
    browser.post(url("attendance_add", meeting.pk), {"name": "Otto", "specialty_code": "pathology"})

    noted = meeting.attendances.get()
    assert (noted.specialty_code, noted.specialty) == ("pathology", "Pathology")


def test_an_item_is_offered_no_canceled_meeting(browser, url, coordinator):
    meeting = make_meeting(by=coordinator)
    other = make_item(by=coordinator)
    meetings.cancel(meeting=meeting, by=coordinator)

    shown = text(browser.get(url("meeting_cancel", other.meeting_id)))

    assert moment(meeting.starts_at) not in shown
