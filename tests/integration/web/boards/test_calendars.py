"""A person's calendar: its page, and what a calendar program reads."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from cases.models import CalendarFeed
from cases.services import board_members, calendar_feeds
from cases.web import calendars
from tests.factories.boards import make_item, make_meeting
from tests.integration.web.boards.page import text
from tumorboard.accounts import memberships

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def secret(coordinator):
    """The secret of an address of the coordinator."""
    return calendar_feeds.make(by=coordinator)[1]


@pytest.fixture
def program():
    """A calendar program, which is signed in nowhere."""
    return Client()


class TestPage:
    def test_shows_a_new_address_once(self, browser, url, settings, program):
        settings.SITE_URL = "https://boards.example"

        made = browser.post(url("calendar"))

        (address,) = re.findall(r"https://boards\.example(/[^<]*\.ics)", made.content.decode())
        assert program.get(address).status_code == 200
        again = browser.get(url("calendar"))
        assert address not in again.content.decode()
        assert "Revoke" in text(again)

    def test_says_when_there_are_enough(self, browser, url, coordinator):
        for _ in range(calendar_feeds.MOST):
            calendar_feeds.make(by=coordinator)

        response = browser.post(url("calendar"))

        assert response.status_code == 422
        assert "Revoke one" in text(response)

    def test_revokes(self, browser, url, secret, program):
        feed = CalendarFeed.objects.get()

        response = browser.post(url("calendar_revoke", feed.pk), follow=True)

        assert "The address is revoked." in text(response)
        assert "You have none." in text(response)
        assert program.get(url("calendar_feed", secret)).status_code == 404

    def test_revokes_no_address_of_somebody_else(self, browser, url, chair):
        feed, _ = calendar_feeds.make(by=chair)

        assert browser.post(url("calendar_revoke", feed.pk)).status_code == 404

    def test_not_for_who_sees_no_boards(self, url, administrator):
        client = Client()
        client.force_login(administrator)

        assert client.get(url("calendar")).status_code == 403


class TestFeed:
    def test_is_a_calendar_without_a_patient(self, url, program, secret, coordinator):
        item = make_item(by=coordinator, question="Canaryquestion?")

        response = program.get(url("calendar_feed", secret))

        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Content-Disposition"] == 'inline; filename="meetings.ics"'
        assert "private" in response["Cache-Control"]
        calendar = Calendar.from_ical(response.content)
        assert calendar["METHOD"] == "PUBLISH"
        assert calendar["X-WR-CALNAME"] == "Tumor boards, North Hospital"
        (event,) = calendar.walk("VEVENT")
        assert event["UID"] == f"{item.meeting_id}@tumorboard"
        content = response.content.decode()
        assert item.case.patient.family_name not in content
        assert "Canary" not in content

    def test_is_of_the_person(self, url, program, secret, coordinator):
        mine = make_meeting(by=coordinator)
        make_meeting(by=coordinator)
        board_members.add(board=mine.board, person=coordinator, by=coordinator)

        response = program.get(url("calendar_feed", secret))

        assert response.content.count(b"BEGIN:VEVENT") == 1

    def test_is_the_404_of_what_is_not_there(
        self, url, program, secret, coordinator, administrator
    ):
        unknown = program.get(url("calendar_feed", "x" * 43))
        nowhere = program.get(reverse("calendar_feed", args=["nowhere", secret]))
        memberships.remove(user=coordinator, by=administrator)
        left = program.get(url("calendar_feed", secret))

        assert {unknown.status_code, nowhere.status_code, left.status_code} == {404}
        assert b"North Hospital" not in left.content

    def test_reads_only(self, url, program, secret):
        assert program.post(url("calendar_feed", secret)).status_code == 405

    def test_is_answered_so_often(self, url, program, secret, monkeypatch):
        monkeypatch.setattr(calendars, "MOST_LOOKS", 2)

        statuses = [program.get(url("calendar_feed", secret)).status_code for _ in range(3)]

        assert statuses == [200, 200, 429]
        assert "Retry-After" in program.get(url("calendar_feed", secret))

    def test_a_window_that_ends_in_between(self, url, program, secret, monkeypatch):
        with monkeypatch.context() as full:
            full.setattr(cache, "add", lambda *_: None)
            assert program.get(url("calendar_feed", secret)).status_code == 200
