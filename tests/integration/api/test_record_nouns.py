"""Allergies, devices, re-readings, gaps, candidates and answers over the wire."""

import pytest
from django.utils import timezone

from cases.models import Allergy, Device, FactAnswer, Gap
from tests.factories.boards import make_asking_case, make_item
from tests.integration.api.conftest import faults, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ANY = {"if-match": "*"}
TODAY = timezone.localdate().isoformat()


def test_a_device_is_noted_and_taken_out(script, rows, institution, audited):
    sent = {"patient": str(rows.patient), "kind": "pacemaker", "mri_safety": "conditional"}
    audited()
    made = script.post("devices/", sent)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in sent} == sent
    assert audited()[0] == ("patient.device.added", rows.patient)
    path = f"devices/{made.json()['id']}/"
    assert list(faults(script.post("devices/", {**sent, "kind": "tooth"}))) == ["kind"]
    done = script.ask("PATCH", path, {"removed_on": TODAY}, headers={"if-match": made["ETag"]})
    assert done.json()["removed_on"] == TODAY
    late = {"implanted_on": TODAY, "removed_on": "2001-01-01"}
    assert list(faults(script.ask("PATCH", path, late, headers=ANY))) == ["removed_on"]
    audited()
    found = script.get(f"devices/?patient={rows.patient}&kind=pacemaker").json()["results"]
    assert found == [done.json()]
    assert audited() == [("device.listed", institution.pk)]
    assert script.ask("DELETE", path, headers=ANY).status_code == 204
    with institution_scope(institution):
        assert not Device.objects.exists()


def test_an_allergy_is_noted_and_refuted(script, rows, institution):
    sent = {"patient": str(rows.patient), "substance": "other", "agent": "latex"}
    made = script.post("allergies/", sent)
    assert made.status_code == 201, made.content
    assert list(faults(script.post("allergies/", {**sent, "agent": ""}))) == ["agent"]
    path = f"allergies/{made.json()['id']}/"
    done = script.ask("PATCH", path, {"refuted_on": TODAY}, headers={"if-match": made["ETag"]})
    assert (done.json()["refuted_on"], done.json()["agent"]) == (TODAY, "latex")
    assert script.get("allergies/?substance=other").json()["results"] == [done.json()]
    assert script.ask("DELETE", path, headers=ANY).status_code == 204
    with institution_scope(institution):
        assert not Allergy.objects.exists()


def test_the_board_reads_a_study_again(script, rows):
    sent = {
        "study": str(rows.study),
        "outcome": "positive",
        "agreement": "major",
        "words": "A lesion in segment 7.",
        "read_on": TODAY,
        "read_by": "Board",
    }
    made = script.post("rereadings/", sent)
    assert made.status_code == 201, made.content
    assert made.json()["case"] == str(rows.case)
    for wrong, field in (
        ({"words": ""}, "words"),
        ({"agreement": "agree"}, "agreement"),
        ({"read_on": "2001-01-01"}, "read_on"),
    ):
        assert list(faults(script.post("rereadings/", {**sent, **wrong}))) == [field], wrong
    path = f"rereadings/{made.json()['id']}/"
    done = script.ask("PATCH", path, {"words": "Two."}, headers={"if-match": made["ETag"]})
    assert (done.json()["words"], done.json()["outcome"]) == ("Two.", "positive")
    assert script.get(f"rereadings/?case={rows.case}").json()["results"] == [done.json()]
    assert script.ask("DELETE", path, headers=ANY).status_code == 405


def test_what_is_missing_is_read_asked_for_and_accepted(script, rows, institution):
    gaps = script.get(f"gaps/?case={rows.case}").json()["results"]
    with institution_scope(institution):
        today = timezone.localdate()
        expected = Gap.objects.filter(case=rows.case, begins_on__lte=today).count()
    assert len(gaps) == expected > 0
    item = gaps[0]["item"]
    asked = {"case": str(rows.case), "item": item, "asked_of": "Dr. Example", "asked_on": TODAY}
    made = script.post("gap-requests/", asked)
    assert made.status_code == 201, made.content
    again = script.post("gap-requests/", {**asked, "asked_of": "Dr. Other"})
    assert (again.json()["id"], again.json()["asked_of"]) == (made.json()["id"], "Dr. Other")
    none = script.post("gap-requests/", {**asked, "item": "horoscope"})
    assert (none.status_code, "not asked for" in problem(none)["detail"]) == (409, True)
    accepted = script.post("gap-acceptances/", {**asked_for(asked), "reason": "Too small."})
    assert accepted.status_code == 201, accepted.content
    assert accepted.json()["by"] == "Cora Coordinator"
    twice = script.post("gap-acceptances/", {**asked_for(asked), "reason": "Again."})
    assert twice.status_code == 409
    (now,) = (
        g for g in script.get(f"gaps/?case={rows.case}").json()["results"] if g["item"] == item
    )
    assert (now["is_accepted"], now["asked_on"]) == (True, TODAY)
    for path in (f"gap-requests/{made.json()['id']}/", f"gap-acceptances/{accepted.json()['id']}/"):
        shown = script.get(path)
        assert script.ask("DELETE", path, headers={"if-match": shown["ETag"]}).status_code == 204
        assert script.get(path).status_code == 404


def asked_for(asked: dict) -> dict:
    return {name: asked[name] for name in ("case", "item")}


def test_who_may_not_judge_accepts_no_gap(script_as, rows):
    asked = {"case": str(rows.case), "item": "ki67", "reason": "x"}
    assert script_as("ADMINISTRATOR").post("gap-acceptances/", asked).status_code == 403


def test_cases_ask_for_the_board_until_they_are_listed(script, institution, coordinator):
    with institution_scope(institution):
        case = make_asking_case(by=coordinator)
    found = script.get(f"candidates/?case={case.pk}").json()["results"]
    assert found
    assert {row["case"] for row in found} == {str(case.pk)}
    reason = found[0]["reason"]
    assert script.get(f"candidates/?case={case.pk}&reason={reason}").json()["results"]
    with institution_scope(institution):
        make_item(by=coordinator, case=case)
    assert script.get(f"candidates/?case={case.pk}").json()["results"] == []


def test_an_answer_is_read_and_taken_back(script, rows, institution, audited):
    facts = {"ki67_percent": 4.5, "cga_trend": "unknown"}
    script.post(f"cases/{rows.case}/facts/", {"facts": facts, "source": "Report"})
    found = script.get(f"fact-answers/?case={rows.case}").json()["results"]
    said = {row["fact"]: (row["value"], row["source"]) for row in found}
    assert said["ki67_percent"] == (4.5, "Report")
    assert said["cga_trend"] == ("unknown", "Report")
    (row,) = (row for row in found if row["fact"] == "ki67_percent")
    path = f"fact-answers/{row['id']}/"
    shown = script.get(path)
    assert shown.json() == row
    audited()
    assert script.ask("DELETE", path, headers={"if-match": shown["ETag"]}).status_code == 204
    assert audited()[0] == ("case.facts.answered", rows.case)
    with institution_scope(institution):
        assert not FactAnswer.objects.filter(case=rows.case, fact="ki67_percent").exists()
