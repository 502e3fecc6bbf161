"""Several cases onto a list, and several meetings of a rhythm, at once."""

import datetime

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Meeting
from cases.services import agendas, boards
from tests.factories.boards import make_meeting
from tests.factories.cases import make_case
from tests.integration.api.conftest import faults, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

NOWHERE = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def meeting(institution, coordinator):
    with institution_scope(institution):
        return make_meeting(by=coordinator)


@pytest.fixture
def cases(institution, coordinator):
    with institution_scope(institution):
        return [make_case(by=coordinator) for _ in range(3)]


def test_each_case_is_told_what_became_of_it(script, institution, coordinator, meeting, cases):
    first, second, third = cases
    with institution_scope(institution):
        agendas.put_on(meeting=meeting, case=second, by=coordinator)
    body = {"cases": [str(third.pk), str(second.pk), NOWHERE, str(first.pk)]}
    key = {"idempotency-key": "several"}
    answer = script.post(f"meetings/{meeting.pk}/cases/", body, headers=key)
    assert answer.status_code == 200, answer.content
    rows = answer.json()["rows"]
    assert [row["case"] for row in rows] == body["cases"]
    assert [bool(row["agenda_item"]) for row in rows] == [True, False, False, True]
    assert [bool(row["reason"]) for row in rows] == [False, True, True, False]
    assert rows[2]["reason"] == "There is no such case."
    again = script.post(f"meetings/{meeting.pk}/cases/", body, headers=key)
    assert (again.json(), again["Idempotency-Replayed"]) == (answer.json(), "true")
    with institution_scope(institution):
        listed = AgendaItem.objects.filter(meeting=meeting).order_by("position")
        assert [item.case_id for item in listed] == [second.pk, third.pk, first.pk]


def test_by_protocol_a_case_without_a_standard_stays_off(script, meeting, cases):
    body = {"cases": [str(cases[0].pk)], "by_protocol": True}
    (row,) = script.post(f"meetings/{meeting.pk}/cases/", body).json()["rows"]
    assert row["agenda_item"] is None
    assert "standard" in row["reason"]


def test_a_wrong_list_is_refused_as_a_whole(script, meeting, cases):
    place = f"meetings/{meeting.pk}/cases/"
    twice = {"cases": [str(cases[0].pk)] * 2}
    assert faults(script.post(place, twice)) == {"cases": ["Name each case once."]}
    assert "cases" in faults(script.post(place, {"cases": []}))
    assert "cases" in faults(script.post(place, {}))
    assert script.post(f"meetings/{NOWHERE}/cases/", {"cases": [NOWHERE]}).status_code == 404


def test_another_institutions_case_is_as_good_as_missing(
    script, other_institution, coordinator, meeting
):
    with institution_scope(other_institution):
        theirs = make_case(by=coordinator)
    body = {"cases": [str(theirs.pk)]}
    (row,) = script.post(f"meetings/{meeting.pk}/cases/", body).json()["rows"]
    assert (row["agenda_item"], row["reason"]) == (None, "There is no such case.")


@pytest.fixture
def board(institution, coordinator):
    with institution_scope(institution):
        return boards.add(
            name="Weekly board",
            time_zone="Europe/Berlin",
            rhythm="weekly",
            first_on=timezone.localdate() + datetime.timedelta(days=3),
            begins_at=datetime.time(14),
            by=coordinator,
        )


def test_the_next_dates_of_a_rhythm_are_offered_and_planned(script, institution, board):
    offered = script.get(f"boards/{board.pk}/dates/")
    dates = offered.json()["starts_at"]
    assert offered.json()["rhythm"].startswith("Every week on")
    assert len(dates) == 52
    planned = script.post(f"boards/{board.pk}/dates/", {"starts_at": dates[:2]})
    assert planned.status_code == 201, planned.content
    assert [each["starts_at"] for each in planned.json()["meetings"]] == dates[:2]
    assert script.get(f"boards/{board.pk}/dates/").json()["starts_at"][0] == dates[2]
    with institution_scope(institution):
        assert Meeting.objects.filter(board=board).count() == 2


def test_a_date_beside_the_rhythm_plans_none(script, institution, board):
    dates = script.get(f"boards/{board.pk}/dates/").json()["starts_at"]
    beside = "2027-01-01T03:00:00Z"
    refused = script.post(f"boards/{board.pk}/dates/", {"starts_at": [dates[0], beside]})
    assert "starts_at" in faults(refused)
    assert "starts_at" in str(faults(script.post(f"boards/{board.pk}/dates/", {"starts_at": []})))
    with institution_scope(institution):
        assert not Meeting.objects.filter(board=board).exists()


def test_who_may_not_manage_boards_plans_nothing(script_as, board):
    clinician = script_as("CLINICIAN")
    assert clinician.get(f"boards/{board.pk}/dates/").status_code == 200
    refused = clinician.post(f"boards/{board.pk}/dates/", {"starts_at": []})
    assert problem(refused)["title"] == "Forbidden"
