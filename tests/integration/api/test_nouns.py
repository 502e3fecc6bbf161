"""The further nouns: what is read of them, what is written, and who may."""

import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import AgendaItem, Case, Decision, Measurement, Task
from cases.services import lesions
from tests.factories.boards import make_board, make_meeting
from tests.factories.clients import Machine, make_client
from tests.factories.people import add_member
from tests.factories.tasks import REFERRAL, decided, tasks_of
from tests.integration.api.conftest import Script, faults, make_rows, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ANY = {"if-match": "*"}
TODAY = timezone.localdate().isoformat()


@pytest.fixture
def signed(institution, coordinator) -> SimpleNamespace:
    """A signed decision with one task."""
    with institution_scope(institution):
        decision = decided(REFERRAL, by=coordinator)
        (task,) = tasks_of(decision)
    return SimpleNamespace(decision=decision, task=task)


def ids(script, path: str) -> list[str]:
    return [row["id"] for row in script.get(path).json()["results"]]


# --- Lesions and measurements -------------------------------------------------------------------


def add_lesion(script, rows, label: str = "L1", **more) -> str:
    sent = {"case": str(rows.case), "label": label, "site": "liver", "role": "target", **more}
    answer = script.post("lesions/", sent)
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_lesions_are_measured_on_a_study_in_one_go(script, rows, audited):
    first, second = add_lesion(script, rows), add_lesion(script, rows, "L2")
    path = f"studies/{rows.study}/measurements/"
    empty = script.get(path)
    assert empty.json()["measurements"] == []
    audited()
    body = {
        "every_liver_lesion": True,
        "measurements": [
            {"lesion": first, "longest_mm": "21.5"},
            {"lesion": second, "state": "present"},
        ],
    }
    done = script.ask("PUT", path, body, headers={"if-match": empty["ETag"]})
    assert done.status_code == 200, done.content
    assert audited()[0] == ("case.measurements.saved", rows.case)
    said = {row["lesion"]: (row["state"], row["longest_mm"]) for row in done.json()["measurements"]}
    assert said == {first: ("measured", "21.5"), second: ("present", None)}
    assert done.json()["every_liver_lesion"] is True
    assert (script.get(path).json(), script.get(path)["ETag"]) == (done.json(), done["ETag"])
    (one,) = ids(script, f"measurements/?lesion={first}")
    assert script.get(f"measurements/{one}/").json()["longest_mm"] == "21.5"
    # A lesion that is not named: the study says nothing of it any more.
    body = {"measurements": [{"lesion": first, "longest_mm": "22.0"}]}
    again = script.ask("PUT", path, body, headers={"if-match": done["ETag"]})
    assert [row["lesion"] for row in again.json()["measurements"]] == [first]
    assert again.json()["every_liver_lesion"] is None
    late = script.ask("PUT", path, body, headers={"if-match": done["ETag"]})
    assert (late.status_code, problem(late)["current"]) == (412, again.json())


def test_wrong_measurements_are_told_at_their_place_and_nothing_is_kept(
    script, rows, theirs, institution, other_institution
):
    lesion = add_lesion(script, rows)
    with institution_scope(other_institution):
        by = add_member(other_institution, "COORDINATOR", email="x@south.example", name="X")
        case = Case.objects.get()
        foreign = lesions.add(case=case, label="X", site="liver", role="target", by=by).pk
    path = f"studies/{rows.study}/measurements/"

    def told(*entries) -> dict:
        return faults(script.ask("PUT", path, {"measurements": list(entries)}, headers=ANY))

    good = {"lesion": lesion, "longest_mm": "21.5"}
    for missing in (foreign, "00000000-0000-0000-0000-000000000007"):
        wrong = told(good, {"lesion": str(missing), "longest_mm": "1"})
        assert wrong == {"measurements.1.lesion": ["There is no such row."]}
    assert list(told(good, good)) == ["measurements.1.lesion"]
    assert list(told({**good, "longest_mm": "-1"})) == ["measurements.0.longest_mm"]
    assert list(told({**good, "colour": "red"})) == ["measurements.0.colour"]
    with institution_scope(institution):
        assert not Measurement.objects.exists()


def test_a_lesion_that_others_grew_into_stays(script, rows):
    first = add_lesion(script, rows)
    add_lesion(script, rows, "L2", split_from=first)
    refused = script.ask("DELETE", f"lesions/{first}/", headers=ANY)
    assert (refused.status_code, "fragment" in problem(refused)["detail"]) == (409, True)
    wrong = {"case": str(rows.case), "label": "L1", "site": "liver", "role": "target"}
    assert list(faults(script.post("lesions/", wrong))) == ["label"]


# --- Specimens and procedures -------------------------------------------------------------------


def test_a_specimen_speaks_in_the_assessment(script, rows):
    sent = {
        "case": str(rows.case),
        "taken_on": TODAY,
        "kind": "biopsy",
        "site": "liver",
        "differentiation": "well",
        "ki67_percent": "25.00",
        "hormones": ["insulin"],
    }
    made = script.post("specimens/", sent)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in sent} == sent
    wrong = {"hormones": ["adrenaline"], "margin": "R0"}
    answer = script.ask("PATCH", f"specimens/{made.json()['id']}/", wrong, headers=ANY)
    assert set(faults(answer)) == {"hormones", "margin"}
    assert ids(script, "specimens/?kind=biopsy") == [made.json()["id"]]
    assert list(faults(script.get("specimens/?kind=soup"))) == ["kind"]


def test_a_stent_is_noted_and_taken_out(script, rows):
    made = script.post(
        "procedures/", {"case": str(rows.case), "kind": "biliary_stent", "done_on": TODAY}
    )
    path = f"procedures/{made.json()['id']}/"
    done = script.ask("PATCH", path, {"removed_on": TODAY}, headers={"if-match": made["ETag"]})
    assert (done.status_code, done.json()["removed_on"]) == (200, TODAY)
    early = {"removed_on": "2001-01-01"}
    assert list(faults(script.ask("PATCH", path, early, headers=ANY))) == ["removed_on"]


# --- Boards, meetings, agendas ------------------------------------------------------------------


def test_boards_and_meetings_are_read(script, institution, coordinator):
    with institution_scope(institution):
        board = make_board(by=coordinator, name="NET board")
        meeting = make_meeting(by=coordinator, board=board)
        other = make_meeting(by=coordinator, in_days=30)
    assert script.get(f"boards/{board.pk}/").json()["name"] == "NET board"
    assert ids(script, f"meetings/?board={board.pk}") == [str(meeting.pk)]
    between = (meeting.starts_at + datetime.timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert ids(script, f"meetings/?starts_from={between}") == [str(other.pk)]
    assert ids(script, f"meetings/?starts_before={between}") == [str(meeting.pk)]
    for wrong in ("soon", "2026-13-01T00:00:00Z", "2026-11-01", "2026-11-01T00:00:00"):
        assert list(faults(script.get(f"meetings/?starts_from={wrong}"))) == ["starts_from"]
    assert script.get(f"meetings/{meeting.pk}/")["ETag"]


def test_a_case_is_put_on_a_list_asked_about_and_taken_off(
    script, rows, institution, coordinator, audited
):
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
    sent = {"meeting": str(meeting.pk), "case": str(rows.case), "question": "PRRT?", "minutes": 12}
    audited()
    made = script.post("agenda-items/", sent)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in sent} == sent
    assert audited()[0] == ("agenda.case.put_on", rows.case)
    path = f"agenda-items/{made.json()['id']}/"
    twice = script.post("agenda-items/", sent)
    assert (twice.status_code, "already" in problem(twice)["detail"]) == (409, True)
    change = {"question": "Resect?", "minutes": None, "also_needed": ["surgery"]}
    done = script.ask("PATCH", path, change, headers={"if-match": made["ETag"]})
    assert {name: done.json()[name] for name in change} == change
    wrong = {"minutes": 500, "question": "Other?"}
    assert list(faults(script.ask("PATCH", path, wrong, headers=ANY))) == ["minutes"]
    assert script.get(path).json()["question"] == "Resect?"
    assert ids(script, f"agenda-items/?meeting={meeting.pk}") == [made.json()["id"]]
    assert script.ask("DELETE", path, headers={"if-match": done["ETag"]}).status_code == 204
    with institution_scope(institution):
        assert not AgendaItem.objects.exists()


# --- Decisions, recommendations, tasks ----------------------------------------------------------


def test_a_signed_decision_is_read_with_what_chains_it(script, signed, audited):
    audited()
    row = script.get(f"decisions/{signed.decision.pk}/").json()
    assert row["chain_hash"] == signed.decision.chain_hash
    assert row["content_hash"] == signed.decision.content_hash
    assert [each["text"] for each in row["recommendations"]] == [REFERRAL.text]
    assert row["participants"]
    assert audited() == [("decision.read", signed.decision.pk)]
    assert ids(script, f"decisions/?case={signed.decision.case_id}") == [row["id"]]
    (asked,) = script.get(f"recommendations/?decision={row['id']}").json()["results"]
    assert (asked["id"], asked["case"]) == (row["recommendations"][0]["id"], row["case"])
    assert script.get(f"recommendations/{asked['id']}/").json() == asked
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert script.ask(method, f"decisions/{row['id']}/", {}).status_code == 405


def test_a_task_is_ordered_done_resulted_and_opened_again(script, signed):
    path = f"tasks/{signed.task.pk}/"
    read = script.get(path)
    assert read.json()["state"] == "open"
    states = []
    for state in ("ordered", "done", "resulted"):
        read = script.ask(
            "PATCH", path, {"state": state, "on": TODAY}, headers={"if-match": read["ETag"]}
        )
        states.append(read.json()["state"])
    assert states == ["ordered", "done", "resulted"]
    row = read.json()
    assert (row["ordered_on"], row["done_on"], row["resulted_on"]) == (TODAY, TODAY, TODAY)
    closed = script.ask("PATCH", path, {"state": "done", "on": TODAY}, headers=ANY)
    assert closed.status_code == 409
    again = script.ask("PATCH", path, {"state": "open"}, headers=ANY)
    assert again.json()["state"] == "ordered"
    assert ids(script, "tasks/?state=ordered") == [str(signed.task.pk)]


def test_a_task_is_not_done_for_a_coded_reason(script, signed, institution):
    path = f"tasks/{signed.task.pk}/"
    for body, field in (
        ({}, "state"),
        ({"state": "done"}, "on"),
        ({"state": "not_done"}, "reason"),
        ({"state": "not_done", "reason": "rain"}, "reason"),
        ({"state": "not_done", "reason": "other"}, "text"),
        ({"state": "replaced"}, "state"),
        ({"state": "ordered", "on": "2001-01-01"}, "on"),
        ({"state": "open", "on": TODAY}, "on"),
        ({"reason": "died"}, "state"),
        ({"state": "open", "owner": str(signed.task.owner_id)}, "owner"),
    ):
        assert list(faults(script.ask("PATCH", path, body, headers=ANY))) == [field], body
    with institution_scope(institution):
        assert Task.objects.get().state == "open"
    body = {"state": "not_done", "reason": "patient_wish"}
    done = script.ask("PATCH", path, body, headers=ANY).json()
    assert (done["state"], done["not_done_reason"]) == ("not_done", "patient_wish")


def test_a_task_is_given_to_somebody_of_the_institution(
    script, signed, institution, other_institution
):
    path = f"tasks/{signed.task.pk}/"
    clinician = add_member(institution, "CLINICIAN", email="c@north.example", name="Clin Ician")
    stranger = add_member(other_institution, "CLINICIAN", email="c@south.example", name="S")
    done = script.ask("PATCH", path, {"owner": str(clinician.pk)}, headers=ANY)
    assert done.json()["owner_name"] == "Clin Ician"
    for nobody in (stranger.pk, signed.decision.pk):
        wrong = script.ask("PATCH", path, {"owner": str(nobody)}, headers=ANY)
        assert faults(wrong) == {"owner": ["There is no such row."]}


# --- Who may, and other institutions ------------------------------------------------------------


def test_who_may_only_read_changes_nothing(script_as, signed, rows):
    reader = script_as("RADIOLOGIST")
    assert reader.get(f"tasks/{signed.task.pk}/").status_code == 200
    for path, body in (
        (f"tasks/{signed.task.pk}/", {"state": "open"}),
        (f"cases/{rows.case}/", {"title": "X"}),
        (f"patients/{rows.patient}/", {"family_name": "X"}),
    ):
        assert reader.ask("PATCH", path, body, headers=ANY).status_code == 403


def test_a_machine_does_what_its_scopes_say(institution, administrator, signed, rows):
    """ASVS v5.0.0-8.2.1: to read is not to change, to change is not to take back."""
    granted = ["system/Task.rs", "system/Task.u", "system/BodyStructure.c"]
    client = make_client(institution, administrator, granted=granted)
    token = Machine(str(client.pk)).token(scope=" ".join(granted))
    script = Script(institution, token, Client(raise_request_exception=False))
    done = script.ask(
        "PATCH", f"tasks/{signed.task.pk}/", {"state": "done", "on": TODAY}, headers=ANY
    )
    assert done.status_code == 200
    lesion = add_lesion(script, rows)
    assert script.get(f"lesions/{lesion}/").status_code == 403
    assert script.ask("DELETE", f"lesions/{lesion}/", headers=ANY).status_code == 403
    assert script.get("decisions/").status_code == 403


def test_another_institutions_rows_are_not_there(institution, script, other_institution):
    by = add_member(other_institution, "COORDINATOR", email="s@south.example", name="Sam")
    theirs = make_rows(other_institution, by)
    with institution_scope(other_institution):
        decision = decided(REFERRAL, by=by)
        task = Task.objects.get()
    for path in (
        f"decisions/{decision.pk}/",
        f"tasks/{task.pk}/",
        f"meetings/{decision.agenda_item.meeting_id}/",
        f"studies/{theirs.study}/measurements/",
    ):
        assert script.get(path).status_code == 404
        assert script.ask("PATCH", path, {}, headers=ANY).status_code in (404, 405)
    assert script.get("decisions/").json()["results"] == []
    with institution_scope(institution):
        assert not Decision.objects.exists()


# --- Lists --------------------------------------------------------------------------------------


def test_a_list_is_narrowed_by_codes_and_times_and_turned_round(script, rows, institution):
    second = script.post("cases/", {"patient": str(rows.patient), "title": "Second"}).json()
    assert ids(script, "cases/?sort=-id") == [second["id"], str(rows.case)]
    page = script.get("cases/?sort=-id&page_size=1&fields=id").json()
    assert page["results"] == [{"id": second["id"]}]
    path = page["next"].partition("/north/")[2]
    assert ids(script, path) == [str(rows.case)]
    assert ids(script, "cases/?readiness=not%20started") == [second["id"]]
    since = second["changed_at"]
    assert ids(script, f"cases/?changed_since={since}") == [second["id"]]
    assert ids(script, "studies/?modality=MRI") == [str(rows.open_study)]
    for wrong in ("sort=title", "readiness=late", "changed_since=now", "board_level=maybe"):
        assert list(faults(script.get(f"cases/?{wrong}"))) == [wrong.partition("=")[0]]
