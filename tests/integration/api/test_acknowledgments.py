"""Acknowledgments of a case by the API: the same service and the same right as the page."""

import uuid

import pytest
from django.utils import timezone

from cases.models import Acknowledgment
from cases.services import studies
from tests.factories.cases import STAGING, make_case
from tests.integration.api.conftest import faults, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

CODE = "W-NONCONTRAST"
MISSING = str(uuid.UUID(int=7))


def staged(institution, by):
    """A case whose order without contrast is critical: its id and its assessment's."""
    with institution_scope(institution):
        case = make_case(by=by, **STAGING)
        today = timezone.localdate()
        studies.add(case=case, modality="CT", procedure="CT_AP_WO", ordered_on=today, by=by)
        case.refresh_from_db()
    return str(case.id), str(case.assessment_id)


@pytest.fixture
def case(institution, coordinator):
    return staged(institution, coordinator)


@pytest.fixture
def path(case):
    return f"cases/{case[0]}/acknowledgments/"


@pytest.fixture
def given(case):
    """A body that acknowledges the check."""
    return {"assessment": case[1], "check": CODE, "reason": "patient_wish", "text": "Refused."}


def rows(institution) -> int:
    with institution_scope(institution):
        return Acknowledgment.objects.count()


def test_a_check_is_acknowledged_and_listed(script, case, path, given, audited):
    audited()
    answer = script.post(path, given)
    assert answer.status_code == 201
    row = answer.json()
    assert row == {
        "id": row["id"],
        "case": case[0],
        "assessment": case[1],
        "check": CODE,
        "severity": "CRITICAL",
        "check_text": row["check_text"],
        "reason": "patient_wish",
        "text": "Refused.",
        "withdraws": None,
        "by": "Cora Coordinator",
        "at": row["at"],
        "stands": True,
    }
    assert row["check_text"].startswith("Without IV contrast")
    assert [str(subject) for _, subject in audited()] == [case[0]]
    assert script.get(path).json() == {"next": None, "previous": None, "results": [row]}
    assert {action for action, _ in audited()} == {"case.read", "acknowledgment.listed"}


def test_words_may_be_left_out(script, path, given):
    del given["text"]
    assert script.post(path, given).json()["text"] == ""


def test_it_is_taken_back(script, path, given):
    row = script.post(path, given).json()
    answer = script.post(path, {"withdraws": row["id"], "text": "Not any more."})
    assert answer.status_code == 201
    back = answer.json()
    assert (back["withdraws"], back["reason"], back["text"]) == (row["id"], "", "Not any more.")
    assert back["stands"] is False
    shown = script.get(path).json()["results"]
    assert [(r["id"], r["stands"]) for r in shown] == [(row["id"], False), (back["id"], False)]
    again = script.post(path, {"withdraws": row["id"]})
    assert again.status_code == 409
    assert problem(again)["detail"] == "This acknowledgment was withdrawn already."


def test_it_stands_no_longer_where_the_facts_have_changed(script, case, path, given):
    script.post(path, given)
    script.post(f"cases/{case[0]}/facts/", {"facts": {"gbca_permitted": False}})
    (row,) = script.get(path).json()["results"]
    assert row["stands"] is False


def test_a_case_without_an_assessment_has_none(script, institution, case, path):
    from cases.models import Case

    with institution_scope(institution):
        Case.objects.update(assessment=None)
    assert script.get(path).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"assessment": None}, "assessment", "may not be null"),
        ({"assessment": "x"}, "assessment", "valid UUID"),
        ({"check": ""}, "check", "blank"),
        ({"check": 5}, "check", "valid string"),
        ({"check": "W" * 41}, "check", "40 characters"),
        ({"reason": "whatever"}, "reason", "Choose why"),
        ({"reason": "other", "text": ""}, "text", "Say in words why."),
        ({"text": "x" * 1_001}, "text", "1000 characters"),
        ({"text": None}, "text", "may not be null"),
        ({"withdraws": MISSING}, "check", "Give `withdraws` and `text` alone."),
        ({"severity": "INFO"}, "severity", "cannot be written"),
        ({"by": "Somebody"}, "by", "cannot be written"),
        ({"stands": True}, "stands", "cannot be written"),
        ({"nonsense": 1}, "nonsense", "no such field"),
    ],
)
def test_a_wrong_value_is_told_by_field(script, institution, path, given, change, field, reason):
    found = faults(script.post(path, {**given, **change}))
    assert reason in " ".join(found[field])
    assert rows(institution) == 0


@pytest.mark.parametrize("field", ["assessment", "check", "reason"])
def test_what_is_missing_is_told(script, institution, path, given, field):
    del given[field]
    assert faults(script.post(path, given)) == {field: ["This field is required."]}
    assert rows(institution) == 0


def test_an_empty_body_is_told_everything_that_is_missing(script, path):
    for body in ({}, {"withdraws": None}):
        assert set(faults(script.post(path, body))) == {"assessment", "check", "reason"}


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"check": "W-NEC"}, "W-NEC is not raised for this case."),
        ({"assessment": MISSING}, "The guidance for this case has changed"),
    ],
)
def test_what_the_state_of_things_forbids(script, institution, path, given, change, detail):
    answer = script.post(path, {**given, **change})
    assert answer.status_code == 409
    assert problem(answer)["detail"].startswith(detail)
    assert rows(institution) == 0


def test_the_second_who_says_so_is_told(script, path, given):
    script.post(path, given)
    answer = script.post(path, given)
    assert answer.status_code == 409
    assert "acknowledged this check already" in problem(answer)["detail"]


def test_one_of_another_case_is_not_taken_back(script, institution, coordinator, path, given):
    row = script.post(path, given).json()
    other, _ = staged(institution, coordinator)
    answer = script.post(f"cases/{other}/acknowledgments/", {"withdraws": row["id"]})
    assert faults(answer) == {"withdraws": ["There is no such row."]}
    answer = script.post(path, {"withdraws": MISSING})
    assert faults(answer) == {"withdraws": ["There is no such row."]}


def test_theirs_are_as_good_as_missing(script, other_institution, theirs, given, path):
    from tests.factories.people import add_member

    by = add_member(other_institution, "COORDINATOR", email="sue@south.example", name="Sue Canary")
    case, assessment = staged(other_institution, by)
    found = script.get(f"cases/{case}/acknowledgments/")
    missing = script.get(f"cases/{MISSING}/acknowledgments/")
    assert (found.status_code, found.content) == (missing.status_code, missing.content)
    assert found.status_code == 404
    body = {**given, "assessment": assessment}
    assert script.post(f"cases/{case}/acknowledgments/", body).status_code == 404
    assert script.post(path, body).status_code == 409


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("COORDINATOR", True),
        ("CLINICIAN", True),
        ("RADIOLOGIST", True),
        ("PATHOLOGIST", True),
        ("BOARD_CHAIR", True),
        ("ADMINISTRATOR", False),
    ],
)
def test_who_may(script_as, path, given, role, may):
    script = script_as(role)
    assert script.get(path).status_code == (200 if may else 403)
    assert script.post(path, given).status_code == (201 if may else 403)


def test_a_list_takes_the_same_queries_for_many_rows(
    script, path, given, django_assert_max_num_queries
):
    for _ in range(4):
        row = script.post(path, given).json()
        script.post(path, {"withdraws": row["id"]})
    with django_assert_max_num_queries(21):
        assert len(script.get(path).json()["results"]) == 8


def test_a_filter_that_there_is_not_is_an_error(script, path):
    assert list(faults(script.get(f"{path}?case={MISSING}"))) == ["case"]
