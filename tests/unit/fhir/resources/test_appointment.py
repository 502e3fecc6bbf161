"""Meetings as Appointments."""

import pytest

from cases.fhir.resources.appointment import MeetingAppointment
from tests.unit.fhir.resources.board_rows import AT, CHRIS, meeting
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = MeetingAppointment()


def test_a_meeting_says_when_where_and_who_is_asked_to_come():
    made = assert_valid(SOURCE.project(meeting()))

    assert made["status"] == "booked"
    assert made["start"] == "2026-11-20T14:30:00+00:00"
    assert made["end"] == "2026-11-20T16:00:00+00:00"
    assert made["minutesDuration"] == 90
    assert made["comment"] == "Room 1"
    assert made["participant"] == [
        {"actor": {"display": "NET board"}, "status": "accepted"},
        {
            "actor": {"reference": f"Practitioner/{CHRIS.pk}", "display": "Chris Chair"},
            "status": "needs-action",
        },
    ]


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({}, "booked"),
        ({"began_at": AT}, "booked"),
        ({"began_at": AT, "ended_at": AT}, "fulfilled"),
        ({"cancelled_at": AT}, "cancelled"),
    ],
)
def test_the_status_follows_what_was_done_with_the_meeting(columns, status):
    assert assert_valid(SOURCE.project(meeting(**columns)))["status"] == status


def test_why_it_was_canceled_is_told_of_a_canceled_one_alone():
    canceled = SOURCE.project(meeting(cancelled_at=AT, cancelled_because="A holiday"))

    assert assert_valid(canceled)["cancelationReason"] == {"text": "A holiday"}
    assert "cancelationReason" not in SOURCE.project(meeting(cancelled_because="A holiday"))
