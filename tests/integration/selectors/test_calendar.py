"""What stands in a person's calendar."""

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from cases.models import Meeting
from cases.selectors import calendar
from cases.services import board_members, calendar_feeds, meetings
from tests.factories.boards import make_board, make_item, make_meeting
from tumorboard.accounts import memberships

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def events_of(person):
    text = calendar.feed(calendar.meetings_of(person), slug="north", name="Boards")
    return Calendar.from_ical(text).walk("VEVENT")


def test_holds_the_meetings_of_the_boards_one_is_on(coordinator):
    mine = make_meeting(by=coordinator)
    make_meeting(by=coordinator)
    board_members.add(board=mine.board, person=coordinator, by=coordinator)

    assert list(calendar.meetings_of(coordinator)) == [mine]


def test_holds_those_of_all_boards_where_one_is_on_none(coordinator, chair):
    first, second = make_meeting(by=coordinator), make_meeting(by=coordinator)
    board_members.add(board=first.board, person=coordinator, by=coordinator)

    assert list(calendar.meetings_of(chair)) == [first, second]


def test_reaches_ninety_days_back(coordinator):
    old, recent, coming = (make_meeting(by=coordinator) for _ in range(3))
    for meeting, days in ((old, 91), (recent, 89)):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=timezone.now() - timedelta(days=days)
        )

    assert [meeting.pk for meeting in calendar.meetings_of(coordinator)] == [recent.pk, coming.pk]


def test_is_bounded(coordinator, monkeypatch):
    monkeypatch.setattr(calendar, "MOST_MEETINGS", 1)
    first = make_meeting(by=coordinator)
    make_meeting(by=coordinator)

    assert list(calendar.meetings_of(coordinator)) == [first]


def test_a_canceled_meeting_stays_as_canceled(coordinator):
    kept, gone = make_meeting(by=coordinator), make_meeting(by=coordinator)
    meetings.cancel(meeting=gone, because="Canary reason", by=coordinator)

    events = {event["UID"]: event for event in events_of(coordinator)}

    assert events[f"{kept.pk}@tumorboard"]["STATUS"] == "CONFIRMED"
    assert events[f"{gone.pk}@tumorboard"]["STATUS"] == "CANCELLED"
    assert events[f"{gone.pk}@tumorboard"]["SEQUENCE"] == 1


def test_says_nothing_of_cases(coordinator):
    item = make_item(by=coordinator, question="Canaryquestion?")

    text = calendar.feed(calendar.meetings_of(coordinator), slug="north", name="Boards").decode()

    for words in (item.case.patient.family_name, item.case.patient.record_number, "Canary"):
        assert words not in text


def test_one_query_whatever_it_holds(coordinator, django_assert_num_queries):
    board = make_board(by=coordinator)
    for _ in range(4):
        make_meeting(board=board, by=coordinator)

    with django_assert_num_queries(2):
        assert len(events_of(coordinator)) == 4


class TestFeedWith:
    def test_finds_the_person_by_the_secret(self, coordinator):
        feed, secret = calendar_feeds.make(by=coordinator)

        assert calendar.feed_with(secret) == feed
        assert calendar.feed_with(secret + "x") is None
        assert calendar.feeds_of(coordinator) == [feed]

    def test_not_once_it_is_revoked(self, coordinator):
        feed, secret = calendar_feeds.make(by=coordinator)
        calendar_feeds.revoke(feed=feed, by=coordinator)

        assert calendar.feed_with(secret) is None
        assert calendar.feeds_of(coordinator) == []

    def test_not_of_somebody_who_left(self, coordinator, administrator):
        _, secret = calendar_feeds.make(by=coordinator)
        memberships.remove(user=coordinator, by=administrator)

        assert calendar.feed_with(secret) is None

    def test_not_of_somebody_who_was_deactivated(self, coordinator):
        _, secret = calendar_feeds.make(by=coordinator)
        coordinator.is_active = False
        coordinator.save()

        assert calendar.feed_with(secret) is None

    def test_not_of_somebody_who_may_not_see_boards(self, coordinator, administrator):
        _, secret = calendar_feeds.make(by=coordinator)
        memberships.set_roles(user=coordinator, roles=["ADMINISTRATOR"], by=administrator)

        assert calendar.feed_with(secret) is None
