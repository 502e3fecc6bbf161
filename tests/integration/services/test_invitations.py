"""What the members of a board are told of its meetings by mail."""

import datetime
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from cases.models import Meeting
from cases.selectors.rhythms import not_planned
from cases.services import board_members, boards, meetings
from tests.factories.boards import make_board, make_item
from tests.factories.people import add_member
from tests.integration.outbox.delivery import deliver_all
from tumorboard.accounts import memberships
from tumorboard.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def board(coordinator, chair, settings):
    """A board on which a chair and a coordinator sit."""
    settings.SITE_URL = "https://boards.example"
    settings.DEFAULT_FROM_EMAIL = "Tumorboard <boards@north.example>"
    board = make_board(name="NET board", place="Room 1; left", by=coordinator)
    board_members.add(board=board, person=chair, duty="chair", by=coordinator)
    board_members.add(board=board, person=coordinator, duty="coordinator", by=coordinator)
    return board


def posted():
    """The mails that are asked for, oldest first."""
    mails = OutboxMessage.objects.filter(topic="mail").order_by("id")
    return [message.payload for message in mails]


def calendar_of(payload):
    return Calendar.from_ical(payload["attachment"]["text"])


def event_of(payload):
    (event,) = calendar_of(payload).walk("VEVENT")
    return event


def plan(board, by, days=7):
    starts_at = timezone.now().replace(microsecond=0) + timedelta(days=days)
    return meetings.plan(board=board, starts_at=starts_at, minutes=45, by=by)


def test_each_member_is_invited_to_what_is_planned(board, coordinator, chair):
    meeting = plan(board, coordinator)

    told = posted()
    assert [payload["to"] for payload in told] == [chair.email, coordinator.email]
    assert told[0]["attachment"]["content_type"] == "text/calendar; method=REQUEST"
    calendar = calendar_of(told[0])
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    event = event_of(told[0])
    assert event["UID"] == f"{meeting.pk}@tumorboard"
    assert event["SEQUENCE"] == 0
    assert event["DTSTART"].dt == meeting.starts_at
    assert event["DTEND"].dt == meeting.starts_at + timedelta(minutes=45)
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert event["LOCATION"] == "Room 1; left"
    assert event["SUMMARY"] == "NET board"
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:boards@north.example"
    assert event["ATTENDEE"] == f"mailto:{chair.email}"
    assert event["URL"] == f"https://boards.example/i/north/meetings/{meeting.pk}/"
    assert not calendar_of(told[0]).walk("VALARM")
    assert str(event["URL"]) in told[0]["body"]


def test_of_several_meetings_each_is_an_invitation_of_its_own(board, coordinator, chair):
    board = boards.change(
        board=board,
        rhythm="weekly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(14),
        by=coordinator,
    )

    planned = meetings.plan_series(board=board, starts=not_planned(board, count=3), by=coordinator)

    told = [payload for payload in posted() if payload["to"] == chair.email]
    assert [event_of(payload)["UID"] for payload in told] == [
        f"{meeting.pk}@tumorboard" for meeting in planned
    ]


def test_a_move_is_told_with_the_same_uid_and_the_next_sequence(board, coordinator):
    meeting = plan(board, coordinator)
    later = meeting.starts_at + timedelta(days=1)

    meetings.move(meeting=meeting, starts_at=later, place="Room 2", by=coordinator)

    told = posted()[-1]
    assert calendar_of(told)["METHOD"] == "REQUEST"
    event = event_of(told)
    assert (event["UID"], event["SEQUENCE"]) == (f"{meeting.pk}@tumorboard", 1)
    assert (event["DTSTART"].dt, event["LOCATION"]) == (later, "Room 2")
    assert "moved" in told["subject"]


def test_a_cancellation_is_told_without_its_reason(board, coordinator):
    meeting = plan(board, coordinator)
    make_item(meeting=meeting, by=coordinator)

    meetings.cancel(meeting=meeting, because="Canarypatient is ill", by=coordinator)

    told = posted()[-1]
    assert told["attachment"]["content_type"] == "text/calendar; method=CANCEL"
    assert calendar_of(told)["METHOD"] == "CANCEL"
    event = event_of(told)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert "canceled" in told["subject"]
    assert "Canary" not in str(told)


def test_who_comes_onto_the_board_is_invited_to_what_is_planned(board, coordinator, institution):
    past, canceled, later, sooner = (plan(board, coordinator, days) for days in (4, 5, 9, 6))
    meetings.cancel(meeting=canceled, by=coordinator)
    Meeting.objects.filter(pk=past.pk).update(starts_at=timezone.now() - timedelta(days=1))
    plan(make_board(by=coordinator), coordinator)
    rita = add_member(institution, "RADIOLOGIST", email="rita@north.example", name="Rita")

    board_members.add(board=board, person=rita, by=coordinator)

    told = [payload for payload in posted() if payload["to"] == rita.email]
    assert [event_of(payload)["UID"] for payload in told] == [
        f"{sooner.pk}@tumorboard",
        f"{later.pk}@tumorboard",
    ]


def test_who_is_taken_off_the_board_gets_its_coming_meetings_out_of_the_calendar(
    board, coordinator, chair
):
    past, canceled, coming = (plan(board, coordinator, days) for days in (4, 5, 9))
    meetings.cancel(meeting=canceled, by=coordinator)
    Meeting.objects.filter(pk=past.pk).update(starts_at=timezone.now() - timedelta(days=1))
    plan(make_board(by=coordinator), coordinator)
    before = len(posted())

    board_members.remove(member=board.members.get(person=chair), by=coordinator)

    (told,) = posted()[before:]
    assert told["to"] == chair.email
    assert told["attachment"]["content_type"] == "text/calendar; method=CANCEL"
    assert calendar_of(told)["METHOD"] == "CANCEL"
    event = event_of(told)
    assert (event["UID"], event["SEQUENCE"]) == (f"{coming.pk}@tumorboard", 1)
    assert event["ATTENDEE"] == f"mailto:{chair.email}"
    # A meeting with this status would be canceled for everybody.
    assert "STATUS" not in event
    assert "takes place without you" in told["subject"]
    assert "You were taken off NET board." in told["body"]


def test_who_comes_back_is_invited_by_the_same_sequence_and_moves_count_on(
    board, coordinator, chair
):
    meeting = plan(board, coordinator)
    board_members.remove(member=board.members.get(person=chair), by=coordinator)

    board_members.add(board=board, person=chair, by=coordinator)

    told = posted()[-1]
    assert (told["to"], calendar_of(told)["METHOD"]) == (chair.email, "REQUEST")
    assert event_of(told)["SEQUENCE"] == 1
    later = meeting.starts_at + timedelta(days=1)
    meetings.move(meeting=meeting, starts_at=later, place="", by=coordinator)
    assert event_of(posted()[-1])["SEQUENCE"] == 2


def test_a_mail_names_the_time_by_the_clock_of_the_board(board, coordinator):
    boards.change(board=board, time_zone="Asia/Tokyo", by=coordinator)
    starts_at = datetime.datetime(timezone.now().year + 1, 1, 12, 23, tzinfo=datetime.UTC)

    meetings.plan(board=board, starts_at=starts_at, by=coordinator)

    assert f"13 Jan {starts_at.year}, 08:00 (Asia/Tokyo)" in posted()[-1]["body"]


def test_a_place_need_not_be_known(coordinator):
    board = make_board(place="", by=coordinator)
    board_members.add(board=board, person=coordinator, by=coordinator)

    plan(board, coordinator)

    assert "LOCATION" not in event_of(posted()[-1])
    assert "Place" not in posted()[-1]["body"]


def test_who_may_no_longer_see_boards_gets_no_mail(
    board, coordinator, chair, administrator, institution
):
    rita = add_member(institution, "RADIOLOGIST", email="rita@north.example", name="Rita")
    board_members.add(board=board, person=rita, by=coordinator)
    memberships.remove(user=chair, by=administrator)
    rita.is_active = False
    rita.save()

    plan(board, coordinator)

    assert [payload["to"] for payload in posted()] == [coordinator.email]


def test_a_calendar_program_finds_the_method_in_the_mail(board, coordinator, institution):
    plan(board, coordinator)

    deliver_all()

    (attached,) = [
        part for part in mail.outbox[0].message().walk() if part.get_filename() == "meeting.ics"
    ]
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "REQUEST"
    assert Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
