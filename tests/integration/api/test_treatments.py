"""Treatments over the wire."""

import pytest

from cases.models import Treatment
from tests.integration.api.conftest import faults
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

COURSE = {
    "type": "PRRT",
    "agent": "Lu-177 DOTATATE",
    "target": "liver",
    "intent": "disease_control",
    "line": 2,
    "start": "2025-02-03",
    "end": "2025-11-10",
    "ongoing": False,
    "cycles": 4,
    "activity_gbq": "29.60",
    "best_response": "PR",
    "stop_reason": "completed",
    "margin": "",
    "note": "Well tolerated.",
}


def test_a_treatment_is_added_and_read_with_every_column(script, rows, audited):
    response = script.post("treatments/", {"case": str(rows.case), **COURSE})
    assert response.status_code == 201
    body = response.json()
    assert body == {"id": body["id"], "case": str(rows.case), **COURSE}
    assert "case.treatment.added" in [action for action, _ in audited()]

    assert script.get(f"treatments/{body['id']}/").json() == body
    assert script.get(f"treatments/?case={rows.case}").json()["results"] == [body]
    assert script.get(f"treatments/?case={rows.study}").json()["results"] == []
    assert [action for action, _ in audited()] == [
        "treatment.read",
        "treatment.listed",
        "treatment.listed",
    ]


def test_what_is_left_out_is_unknown(script, rows):
    body = script.post("treatments/", {"case": str(rows.case), "type": "SSA"}).json()
    assert {body[name] for name in ("line", "start", "end", "ongoing", "cycles")} == {None}
    assert {body[name] for name in ("agent", "intent", "best_response", "stop_reason")} == {""}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"type": "leeches"}, "type", "not a valid choice"),
        ({"line": 0}, "line", "greater than or equal to 1"),
        ({"line": "second"}, "line", "valid integer"),
        ({"type": "surgery_primary", "line": 1}, "line", "not surgery"),
        ({"start": "2999-01-01"}, "start", "in the future"),
        ({"end": "2999-01-01"}, "end", "in the future"),
        ({"ongoing": True, "stop_reason": "toxicity"}, "stop_reason", "was not stopped"),
        ({"activity_gbq": 7.4}, "activity_gbq", "Only PRRT"),
        ({"type": "PRRT", "activity_gbq": 7400}, "activity_gbq", "7400 MBq are 7.4"),
        ({"margin": "R0"}, "margin", "Only surgery"),
        ({"best_response": "wow"}, "best_response", "not a valid choice"),
        ({"dose": 1}, "dose", "no such field"),
        ({"case": "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11"}, "case", "no such row"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    script, rows, institution, fields, field, words
):
    response = script.post("treatments/", {"case": str(rows.case), "type": "SSA", **fields})
    assert words in faults(response)[field][0]
    with institution_scope(institution):
        assert not Treatment.objects.exists()


def test_another_institutions_case_takes_no_treatment_and_shows_none(script, theirs):
    response = script.post("treatments/", {"case": str(theirs.case), "type": "SSA"})
    assert "no such row" in faults(response)["case"][0]
    assert script.get(f"treatments/?case={theirs.case}").json()["results"] == []


def test_who_may_add_one(script_as, rows):
    body = {"case": str(rows.case), "type": "SSA"}
    assert script_as("PATHOLOGIST").post("treatments/", body).status_code == 201
    radiologist = script_as("RADIOLOGIST")
    assert radiologist.post("treatments/", body).status_code == 403
    assert radiologist.get("treatments/").status_code == 200
