"""Who is noted as present."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Attendance, Meeting
from cases.services import attendances, board_members, meetings
from cases.services.errors import Invalid, Refused
from tests.factories.boards import make_item, make_meeting, sign
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_a_member_and_an_outsider_are_noted(coordinator, chair):
    meeting = make_meeting(by=coordinator)

    attendances.note_present(
        meeting=meeting, name=chair.name, specialty="Surgery", person=chair, by=coordinator
    )
    attendances.note_present(
        meeting=meeting, name=" Otto Outside ", specialty=" GP ", by=coordinator
    )

    noted = Attendance.objects.order_by("name").values_list("name", "specialty", "person")
    assert list(noted) == [(chair.name, "Surgery", chair.pk), ("Otto Outside", "GP", None)]


def test_a_member_of_the_board_counts_for_what_they_stand_for(coordinator, chair):
    meeting = make_meeting(by=coordinator)
    board_members.add(
        board=meeting.board, person=chair, specialty="nuclear_medicine", by=coordinator
    )

    noted = attendances.note_present(meeting=meeting, name=chair.name, person=chair, by=coordinator)

    assert (noted.specialty_code, noted.specialty) == ("nuclear_medicine", "Nuclear medicine")


def test_what_somebody_counts_for_today_goes_before_what_they_stand_for(coordinator, chair):
    meeting = make_meeting(by=coordinator)
    board_members.add(board=meeting.board, person=chair, specialty="surgery", by=coordinator)

    noted = attendances.note_present(
        meeting=meeting,
        name=chair.name,
        specialty="Liver surgery",
        specialty_code="pathology",
        person=chair,
        by=coordinator,
    )

    assert (noted.specialty_code, noted.specialty) == ("pathology", "Liver surgery")


def test_who_notes_themselves_counts_for_the_seat_they_have(coordinator, chair):
    meeting = make_meeting(by=coordinator)
    board_members.add(board=meeting.board, person=chair, specialty="surgery", by=coordinator)

    noted = attendances.note_present(
        meeting=meeting, name=chair.name, specialty_code="pathology", person=chair, by=chair
    )

    assert noted.specialty_code == "surgery"


def test_who_notes_themselves_without_a_seat_says_for_what(coordinator, chair):
    meeting = make_meeting(by=coordinator)
    board_members.add(board=meeting.board, person=chair, by=coordinator)

    noted = attendances.note_present(
        meeting=meeting, name=chair.name, specialty_code="pathology", person=chair, by=chair
    )

    assert noted.specialty_code == "pathology"


def test_who_is_on_no_board_counts_for_nothing(coordinator, chair):
    meeting = make_meeting(by=coordinator)

    noted = attendances.note_present(meeting=meeting, name=chair.name, person=chair, by=coordinator)

    assert (noted.specialty_code, noted.specialty) == ("", "")


def test_a_specialty_that_does_not_exist(coordinator):
    with pytest.raises(Invalid) as caught:
        attendances.note_present(
            meeting=make_meeting(by=coordinator),
            name="Otto",
            specialty_code="astrology",
            by=coordinator,
        )

    assert "not a valid choice" in caught.value.errors["specialty_code"][0]


def test_a_name_is_noted_once_and_not_empty(coordinator):
    meeting = make_meeting(by=coordinator)
    attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

    with pytest.raises(Invalid) as twice:
        attendances.note_present(meeting=meeting, name="Otto", by=coordinator)
    with pytest.raises(Invalid) as empty:
        attendances.note_present(meeting=meeting, name=" ", by=coordinator)

    assert "already" in twice.value.errors["name"][0]
    assert "name" in empty.value.errors


def test_somebody_leaves_the_list_but_not_the_signed_decision(coordinator, chair):
    item = make_item(by=coordinator)
    decision = sign(item, by=chair)
    people = [p.name for p in decision.participants.all()]

    for attendance in Attendance.objects.all():
        attendances.note_absent(attendance=attendance, by=coordinator)

    assert not Attendance.objects.exists()
    assert people
    assert [p.name for p in decision.participants.all()] == people
    assert AuditEntry.objects.filter(action="meeting.attendance.removed").exists()


def test_a_canceled_meeting_takes_nobody(coordinator):
    meeting = make_meeting(by=coordinator)
    meetings.cancel(meeting=meeting, by=coordinator)

    with pytest.raises(Refused, match="was canceled"):
        attendances.note_present(meeting=meeting, name="Otto", by=coordinator)


def test_a_meeting_that_has_ended_takes_nobody_more(coordinator):
    meeting = make_meeting(by=coordinator)
    Meeting.objects.filter(pk=meeting.pk).update(ended_at=timezone.now())

    with pytest.raises(Refused, match="has ended"):
        attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

    assert not Attendance.objects.exists()


def test_who_leaves_is_taken_off_under_the_lock_of_the_meeting(coordinator):
    """As everybody else locks it: first the meeting, then what hangs on it."""
    meeting = make_meeting(by=coordinator)
    noted = attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

    with CaptureQueriesContext(connection) as queries:
        attendances.note_absent(attendance=noted, by=coordinator)

    written = [q["sql"] for q in queries if re.match(r"DELETE|UPDATE|.* FOR UPDATE", q["sql"])]
    assert '"cases_meeting"' in written[0]
    assert "FOR UPDATE" in written[0]


def test_nobody_leaves_a_canceled_meeting(coordinator):
    meeting = make_meeting(by=coordinator)
    noted = attendances.note_present(meeting=meeting, name="Otto", by=coordinator)
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())

    with pytest.raises(Refused, match="was canceled"):
        attendances.note_absent(attendance=noted, by=coordinator)
