"""Boards, who sits on them, their meetings, lists and published agendas, written over the wire."""

import datetime
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from cases.models import AgendaItem, BoardMember, Meeting, Postponement
from cases.services import agendas
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.standards import make_settled_case, make_standard
from tests.integration.api.conftest import faults, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ANY = {"if-match": "*"}
BOARD = {"name": "NET board", "place": "Room 4", "time_zone": "Europe/Berlin"}


@pytest.fixture
def listed(institution, coordinator) -> SimpleNamespace:
    """A meeting with two cases on its list, and a later one of the same board."""
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
        later = make_meeting(by=coordinator, board=meeting.board, in_days=14)
        items = [
            make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
            for _ in range(2)
        ]
    return SimpleNamespace(
        board=str(meeting.board_id),
        meeting=str(meeting.pk),
        later=str(later.pk),
        items=[str(item.pk) for item in items],
        cases=[str(item.case_id) for item in items],
    )


def in_days(days: int) -> str:
    return (timezone.now() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- Boards and their members -------------------------------------------------------------------


def test_a_board_is_added_and_changed(script, script_as, audited):
    made = script.post("boards/", BOARD)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in BOARD} == BOARD
    assert audited()[0][0] == "board.added"
    path = made["Location"].partition("/north/")[2]
    change = {"minutes": 60, "required_specialties": ["surgery"]}
    done = script.ask("PATCH", path, change, headers={"if-match": made["ETag"]})
    assert {name: done.json()[name] for name in change} == change
    assert script.ask("PATCH", path, {}, headers={"if-match": made["ETag"]}).status_code == 412
    assert faults(script.post("boards/", BOARD)) == {
        "name": ["A board with this name is already there."]
    }
    for wrong, field in (
        ({"rhythm": "daily"}, "rhythm"),
        ({"rhythm": "weekly"}, "first_on"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"minutes": 5}, "minutes"),
        ({"begins_at": "25:00"}, "begins_at"),
        ({"required_specialties": ["alchemy"]}, "required_specialties"),
    ):
        assert field in str(faults(script.ask("PATCH", path, wrong, headers=ANY))), wrong
    reader = script_as("RADIOLOGIST")
    assert reader.post("boards/", {**BOARD, "name": "B"}).status_code == 403
    assert reader.ask("PATCH", path, change, headers=ANY).status_code == 403


def test_somebody_is_put_on_a_board_and_taken_off(
    script, institution, other_institution, listed, coordinator
):
    stranger = add_member(other_institution, "CLINICIAN", email="s@south.example", name="S")
    sent = {"board": listed.board, "person": str(coordinator.pk), "specialty": "surgery"}
    made = script.post("board-members/", sent)
    assert made.status_code == 201, made.content
    assert made.json()["person_name"] == coordinator.name
    path = f"board-members/{made.json()['id']}/"
    done = script.ask("PATCH", path, {"duty": "chair"}, headers={"if-match": made["ETag"]})
    assert (done.json()["duty"], done.json()["specialty"]) == ("chair", "surgery")
    assert list(faults(script.post("board-members/", sent))) == ["person"]
    for nobody in (str(stranger.pk), listed.board):
        wrong = script.post("board-members/", {**sent, "person": nobody})
        assert faults(wrong) == {"person": ["There is no such row."]}
    fixed = script.ask("PATCH", path, {"person": str(coordinator.pk)}, headers=ANY)
    assert list(faults(fixed)) == ["person"]
    found = script.get(f"board-members/?board={listed.board}&duty=chair").json()["results"]
    assert [row["id"] for row in found] == [made.json()["id"]]
    assert script.ask("DELETE", path, headers={"if-match": done["ETag"]}).status_code == 204
    with institution_scope(institution):
        assert not BoardMember.objects.exists()


# --- Meetings -----------------------------------------------------------------------------------


def test_a_meeting_is_planned_and_moved_with_its_cases(script, institution, listed, audited):
    sent = {"board": listed.board, "starts_at": in_days(30), "minutes": 45}
    made = script.post("meetings/", sent)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in sent} == sent
    assert list(faults(script.post("meetings/", sent))) == ["starts_at"]
    for wrong in ("2026-11-02T08:00:00", "soon", in_days(-2), "9999-12-31T23:59:59-14:00"):
        assert list(faults(script.post("meetings/", {**sent, "starts_at": wrong}))) == ["starts_at"]
    path = f"meetings/{listed.meeting}/"
    audited()
    change = {"starts_at": in_days(9), "place": "Room 5"}
    done = script.ask("PATCH", path, change, headers=ANY)
    assert {name: done.json()[name] for name in change} == change
    assert audited()[0][0] == "meeting.moved"
    with institution_scope(institution):
        assert AgendaItem.objects.filter(meeting=listed.meeting).count() == 2


def test_a_meeting_is_canceled_and_its_cases_go_to_another(script, institution, listed):
    path = f"meetings/{listed.meeting}/"
    for body, field in (
        ({"cancelled": False}, "cancelled"),
        ({"because": "Strike."}, "because"),
        ({"cancelled": True, "place": "X"}, "place"),
        ({"cancelled": True, "cases_to": listed.board}, "cases_to"),
        ({"cancelled": True, "cases_to": "no id"}, "cases_to"),
        ({"cancelled": True, "because": "x" * 301}, "because"),
    ):
        assert list(faults(script.ask("PATCH", path, body, headers=ANY))) == [field], body
    same = {"cancelled": True, "cases_to": listed.meeting}
    assert script.ask("PATCH", path, same, headers=ANY).status_code == 409
    body = {"cancelled": True, "because": "Strike.", "cases_to": listed.later}
    done = script.ask("PATCH", path, body, headers=ANY)
    assert done.status_code == 200, done.content
    assert done.json()["cancelled_because"] == "Strike."
    with institution_scope(institution):
        items = AgendaItem.objects.filter(meeting=listed.later).order_by("position")
        assert [str(item.case_id) for item in items] == listed.cases
    again = script.ask("PATCH", path, body, headers=ANY)
    assert (again.status_code, "canceled" in problem(again)["detail"]) == (409, True)
    found = script.get(f"postponements/?meeting={listed.meeting}").json()["results"]
    assert {(row["cause"], row["moved_to"]) for row in found} == {("cancelled", listed.later)}
    assert script.get(f"postponements/{found[0]['id']}/").json() == found[0]


# --- Lists --------------------------------------------------------------------------------------


def test_a_list_is_put_into_order(script, listed, audited):
    path = f"meetings/{listed.meeting}/order/"
    first = script.get(path)
    assert first.json() == {"meeting": listed.meeting, "items": listed.items}
    turned = {"items": listed.items[::-1]}
    audited()
    done = script.ask("PUT", path, turned, headers={"if-match": first["ETag"]})
    assert done.json()["items"] == turned["items"]
    assert audited()[0][0] == "agenda.arranged"
    late = script.ask("PUT", path, turned, headers={"if-match": first["ETag"]})
    assert (late.status_code, problem(late)["current"]) == (412, done.json())
    for wrong in (listed.items[:1], [listed.items[0]] * 2, [*listed.items, listed.meeting], []):
        answer = script.ask("PUT", path, {"items": wrong}, headers=ANY)
        assert list(faults(answer)) == ["items"]


def test_a_meeting_says_whether_its_cases_fit_into_its_time(script, listed):
    item = listed.items[1]
    script.ask("PATCH", f"agenda-items/{item}/", {"minutes": 120}, headers=ANY)
    found = script.get(f"meetings/{listed.meeting}/forecast/").json()
    assert (found["minutes"], found["first_over"]) == (90, item)
    assert found["minutes_over"] > 30
    assert {each["item"]: each["is_set"] for each in found["expected"]} == {
        listed.items[0]: False,
        item: True,
    }
    script.ask("PATCH", f"meetings/{listed.later}/", {"cancelled": True}, headers=ANY)
    over = script.get(f"meetings/{listed.later}/forecast/").json()
    assert (over["finish"], over["expected"]) == (None, [])


def test_a_case_is_settled_by_a_standard_and_discussed_after_all(script, institution, coordinator):
    with institution_scope(institution):
        standard = make_standard(by=coordinator)
        meeting = make_meeting(by=coordinator, board=standard.board)
        other = make_standard(by=coordinator)
        item = make_item(by=coordinator, meeting=meeting, case=make_settled_case(by=coordinator))
    path = f"agenda-items/{item.pk}/"
    done = script.ask("PATCH", path, {"standard": str(standard.pk)}, headers=ANY)
    assert (done.json()["track"], done.json()["standard"]) == ("protocol", str(standard.pk))
    foreign = script.ask("PATCH", path, {"standard": str(other.pk)}, headers=ANY)
    assert (foreign.status_code, "another board" in problem(foreign)["detail"]) == (409, True)
    missing = script.ask("PATCH", path, {"standard": str(item.pk)}, headers=ANY)
    assert faults(missing) == {"standard": ["There is no such row."]}
    back = script.ask("PATCH", path, {"standard": None}, headers=ANY)
    assert (back.json()["track"], back.json()["standard"]) == ("discussion", None)


def test_a_case_is_postponed_and_the_rest_carried_over(script, institution, listed, audited):
    item = listed.items[0]
    sent = {"agenda_item": item, "cause": "pathology", "moved_to": listed.later}
    audited()
    made = script.post("postponements/", sent)
    assert made.status_code == 201, made.content
    assert (made.json()["case"], made.json()["meeting"]) == (listed.cases[0], listed.meeting)
    assert audited()[0][0] == "agenda.case.postponed"
    for wrong, field in (
        ({**sent, "agenda_item": listed.meeting}, "agenda_item"),
        ({**sent, "moved_to": item}, "moved_to"),
        ({**sent, "cause": "rain"}, "cause"),
        ({"agenda_item": listed.items[1], "cause": "other"}, "text"),
        ({"agenda_item": listed.items[1], "cause": "time", "department": "moon"}, "department"),
    ):
        assert list(faults(script.post("postponements/", wrong))) == [field], wrong
    path = f"meetings/{listed.meeting}/carry-over/"
    body = {"cause": "time", "moved_to": listed.later}
    key = {"idempotency-key": "rest-1"}
    done = script.post(path, body, headers=key)
    assert done.json() == {"postponed": 1, "left": 0}
    again = script.post(path, body, headers=key)
    assert (again.json(), again["Idempotency-Replayed"]) == (done.json(), "true")
    empty = script.post(path, body)
    assert (empty.status_code, "nothing is left" in problem(empty)["detail"]) == (409, True)
    with institution_scope(institution):
        assert Postponement.objects.count() == 2
        assert AgendaItem.objects.filter(meeting=listed.later).count() == 2


def test_an_agenda_is_published_and_read(script, institution, listed, audited, coordinator):
    empty = script.post("publications/", {"meeting": listed.later})
    assert (empty.status_code, "no case" in problem(empty)["detail"]) == (409, True)
    audited()
    made = script.post("publications/", {"meeting": listed.meeting})
    assert made.status_code == 201, made.content
    assert (made.json()["number"], "lines" in made.json()) == (1, False)
    assert audited()[0][0] == "agenda.published"
    path = f"publications/{made.json()['id']}/"
    found = script.get(path)
    assert [line["case"] for line in found.json()["lines"]] == listed.cases
    assert found.json()["lines"][0]["record_number"].startswith("R-")
    assert [action for action, _ in audited()] == ["agenda.read"]
    with institution_scope(institution):
        agendas.take_off(item=AgendaItem.objects.get(pk=listed.items[0]), by=coordinator)
    assert script.get(path).json() == found.json()
    listed_now = script.get(f"publications/?meeting={listed.meeting}").json()["results"]
    assert listed_now == [made.json()]
    assert script.ask("PATCH", path, {}, headers=ANY).status_code == 405
    # Nobody sits on the board, so nobody was told.
    assert mail.outbox == []


def test_who_is_present_is_noted_and_taken_off(script, listed, coordinator):
    sent = {"meeting": listed.meeting, "name": "Sam Surgeon", "specialty_code": "surgery"}
    made = script.post("attendances/", sent)
    assert made.status_code == 201, made.content
    assert (made.json()["person"], made.json()["specialty"]) == (None, "Surgery")
    assert list(faults(script.post("attendances/", sent))) == ["name"]
    of_us = {"meeting": listed.meeting, "name": "Cora", "person": str(coordinator.pk)}
    assert script.post("attendances/", of_us).json()["person"] == str(coordinator.pk)
    nobody = {**sent, "name": "X", "person": listed.meeting}
    assert faults(script.post("attendances/", nobody)) == {"person": ["There is no such row."]}
    path = f"attendances/{made.json()['id']}/"
    assert script.ask("DELETE", path, headers={"if-match": made["ETag"]}).status_code == 204
    assert len(script.get(f"attendances/?meeting={listed.meeting}").json()["results"]) == 1


def test_standards_are_added_changed_and_retired(script, script_as, institution, coordinator):
    with institution_scope(institution):
        board = make_board(by=coordinator)
    sent = {
        "board": str(board.pk),
        "name": "Surveillance",
        "source": "SOP 7",
        "scenario": "SC-03",
        "branch": "B-03-NEG",
    }
    asked = script.post("standards/", sent)
    if asked.status_code == 422:
        assert list(faults(asked)) == ["despite_guidance"]
        asked = script.post("standards/", {**sent, "despite_guidance": True})
    assert asked.status_code == 201, asked.content
    assert (asked.json()["is_active"], asked.json()["audit_percent"]) == (True, 10)
    path = f"standards/{asked.json()['id']}/"
    change = {"source": "SOP 8", "despite_guidance": True}
    done = script.ask("PATCH", path, change, headers={"if-match": asked["ETag"]})
    assert (done.json()["source"], done.json()["name"]) == ("SOP 8", "Surveillance")
    for wrong, field in (
        ({"is_active": True}, "is_active"),
        ({"is_active": False, "name": "X"}, "name"),
        ({"audit_percent": 0, "despite_guidance": True}, "audit_percent"),
        ({"scenario": "SC-99", "despite_guidance": True}, "scenario"),
    ):
        assert list(faults(script.ask("PATCH", path, wrong, headers=ANY))) == [field], wrong
    gone = script.ask("PATCH", path, {"is_active": False}, headers=ANY)
    assert gone.json()["is_active"] is False
    assert script.ask("PATCH", path, {"is_active": False}, headers=ANY).status_code == 409
    assert script_as("RADIOLOGIST").get("standards/").status_code == 403


def test_opinions_are_ones_own(script, script_as, listed, audited):
    item = listed.items[0]
    radiologist = script_as("RADIOLOGIST")
    made = radiologist.post("opinions/", {"agenda_item": item, "text": "Biopsy first."})
    assert made.status_code == 201, made.content
    path = f"opinions/{made.json()['id']}/"
    assert script.ask("PATCH", path, {"text": "No."}, headers=ANY).status_code == 403
    assert script.ask("DELETE", path, headers=ANY).status_code == 403
    audited()
    found = script.get(f"opinions/?agenda_item={item}").json()["results"]
    assert (found, found[0]["text"]) == ([made.json()], "Biopsy first.")
    change = {"text": "MRI first.", "specialty": "radiology"}
    done = radiologist.ask("PATCH", path, change, headers={"if-match": made["ETag"]})
    assert {name: done.json()[name] for name in change} == change
    assert list(faults(radiologist.ask("PATCH", path, {"text": " "}, headers=ANY))) == ["text"]
    assert radiologist.ask("DELETE", path, headers=ANY).status_code == 204
    assert script.get("opinions/").json()["results"] == []


def test_a_canceled_meeting_stays(script, institution, listed):
    script.ask("PATCH", f"meetings/{listed.later}/", {"cancelled": True}, headers=ANY)
    with institution_scope(institution):
        assert Meeting.objects.filter(pk=listed.later, cancelled_at__isnull=False).exists()
