"""Answering facts directly."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Assessment, Case, FactAnswer
from cases.selectors.facts import RECORD_ONLY
from cases.services import cases, facts
from cases.services.errors import Changed, Invalid
from guidance.engine.dictionary import DICTIONARY
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def answer(case, coordinator):
    """Answers facts of the case."""

    def write(answers, **more):
        return facts.answer(case=case, answers=answers, by=coordinator, **more)

    return write


def stored() -> dict[str, object]:
    return {row.fact: row.value for row in FactAnswer.objects.all()}


def actions(case) -> list[str]:
    return list(
        AuditEntry.objects.filter(subject_id=case.id)
        .order_by("at")
        .values_list("action", flat=True)
    )


def test_an_answer_is_kept_with_who_when_unit_and_source(answer, case, coordinator):
    before = timezone.now()
    after = answer({"ki67_percent": 4.5}, source=" Pathology report ")
    row = FactAnswer.objects.get()
    assert (row.fact, row.value, row.unit) == ("ki67_percent", 4.5, "% positive nuclei")
    assert (row.source, row.answered_by) == ("Pathology report", coordinator)
    assert before <= row.answered_at <= timezone.now()
    assert after.version == 2
    assert actions(case) == ["case.opened", "case.facts.answered"]


def test_unknown_is_an_answer_and_not_asked_is_none(answer, case):
    answer({"ki67_percent": "unknown"})
    assert stored() == {"ki67_percent": "unknown"}
    case.refresh_from_db()
    # Both read as unknown; only the first says where it comes from.
    assert "ki67_percent" not in case.assessment.facts
    assert case.assessment.origins["ki67_percent"]["rule"] == "answer"
    assert "mitoses_per_10hpf" not in case.assessment.origins


def test_no_is_not_unknown(answer, case):
    answer({"mri_contraindicated": False, "new_symptoms": []})
    case.refresh_from_db()
    assert case.assessment.facts["mri_contraindicated"] is False
    assert case.assessment.facts["new_symptoms"] == []


def test_an_answer_is_taken_back(answer, case):
    answer({"ki67_percent": 4})
    answer({"ki67_percent": None})
    assert stored() == {}
    case.refresh_from_db()
    assert "ki67_percent" not in case.assessment.origins


def test_taking_back_what_was_never_answered_changes_nothing(answer, case):
    assert answer({"ki67_percent": None}).version == 1
    assert actions(case) == ["case.opened"]


def test_the_same_answer_again_changes_nothing(answer, case):
    answer({"ki67_percent": 4}, source="Report")
    at = FactAnswer.objects.get().answered_at
    assert answer({"ki67_percent": 4.0}, source="Report").version == 2
    assert FactAnswer.objects.get().answered_at == at
    assert actions(case).count("case.facts.answered") == 1


def test_the_same_answer_from_another_source_is_new(answer):
    answer({"ki67_percent": 4}, source="Report")
    assert answer({"ki67_percent": 4}, source="Second reading").version == 3


def test_history_keeps_every_answer(answer):
    answer({"ki67_percent": 4})
    answer({"ki67_percent": 40})
    answer({"ki67_percent": None})
    events = FactAnswer.pgh_event_model.objects.order_by("pgh_id")
    assert [(e.pgh_label, e.value) for e in events] == [
        ("insert", 4),
        ("update", 40),
        ("delete", 40),
    ]


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("ki67_percent", 101, "Must be at most 100"),
        ("ki67_percent", -0.1, "Must be at least 0"),
        ("ki67_percent", "4", "Must be a number"),
        ("ki67_percent", True, "Must be a number"),
        ("ki67_percent", float("inf"), "Must be a number"),
        ("ki67_percent", float("nan"), "Must be a number"),
        ("ki67_percent", 10**400, "Must be at most 100"),
        ("ki67_percent", [], "Must be a number"),
        ("age_years", 58.5, "Must be a whole number"),
        ("mri_available", "yes", "Must be true, false or unknown"),
        ("mri_available", 1, "Must be true, false or unknown"),
        ("differentiation", "WELL", "Must be one of well, poor or unknown"),
        ("differentiation", ["well"], "Must be one of"),
        ("new_symptoms", "jaundice", "Must be a list"),
        ("new_symptoms", ["gout"], "Must be one of"),
        ("resection_date", "2026-02-30", "Must be a date"),
        ("resection_date", 20260101, "Must be a date"),
        ("resection_date", "1970-01-01", "The date lies more than 50 years ago."),
        ("diagnosis_date", "1890-01-01", "The date lies more than 120 years ago."),
        ("treatments", [{"type": "SSA", "target": "a\x00"}], "cannot be stored"),
        ("treatments", [{"type": "SSA", "target": "a\udc00"}], "cannot be stored"),
        ("treatments", [{"type": "SSA", "target": "x" * 501}], "at most 500 characters"),
        ("treatments", [{"kind": "SSA"}], "Has no field 'kind'"),
        ("treatments", [{}], "Needs the field type"),
        ("treatments", {"type": "SSA"}, "Must be a list"),
        ("shoe_size", 43, "Is not a fact of the dictionary."),
    ],
)
def test_each_wrong_answer_says_so_at_its_own_fact(answer, fact, value, words):
    with pytest.raises(Invalid) as caught:
        answer({"grade_of_nothing": 1, fact: value, "differentiation ": "well"} | {fact: value})
    assert words in caught.value.errors[fact][0]
    assert len(caught.value.errors) == 3
    assert stored() == {}


def test_a_date_in_the_future_cannot_have_happened(answer):
    tomorrow = timezone.localdate() + DAY
    with pytest.raises(Invalid) as caught:
        answer({"resection_date": tomorrow.isoformat()})
    assert caught.value.errors == {"resection_date": ["The date lies in the future."]}
    answer({"resection_date": timezone.localdate().isoformat()})


@pytest.mark.parametrize("fact", sorted(RECORD_ONLY))
def test_what_only_the_record_can_say_is_not_answered(answer, fact):
    with pytest.raises(Invalid) as caught:
        answer({fact: "unknown"})
    assert "comes from the record" in caught.value.errors[fact][0]


def test_record_only_facts_are_facts():
    assert set(DICTIONARY) >= RECORD_ONLY


@pytest.mark.parametrize("source", ["x" * 201, "\x00"])
def test_a_wrong_source_is_refused(answer, source):
    with pytest.raises(Invalid) as caught:
        answer({"ki67_percent": 4}, source=source)
    assert list(caught.value.errors) == ["source"]
    assert stored() == {}


def test_one_wrong_answer_keeps_all_from_being_written(answer, case):
    with pytest.raises(Invalid):
        answer({"ki67_percent": 4, "differentiation": "?"})
    assert stored() == {}
    assert Case.objects.get().version == 1
    assert Assessment.objects.count() == 1


def test_an_answer_seen_from_an_older_version_is_refused(answer, case, coordinator):
    cases.change(case=case, title="Other", by=coordinator)
    with pytest.raises(Changed):
        answer({"ki67_percent": 4}, if_match=1)
    assert stored() == {}
    answer({"ki67_percent": 4}, if_match=2)


def test_a_failure_on_the_way_leaves_nothing_half_written(answer, case, monkeypatch):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(facts, "changed", broken)
    with pytest.raises(ZeroDivisionError):
        answer({"ki67_percent": 4})
    assert stored() == {}
    assert actions(case) == ["case.opened"]


def test_every_fact_that_is_answered_reads_back_as_it_was(answer, case):
    """One value of each kind, through the database and into the assessment."""
    given = {
        "gastrin_value": 1e16,
        "liver_met_count": 5,
        "metastatic_sites": ["liver", "bone", "liver"],
        "diagnosis_date": "2024-02-29",
        "treatments": ["SSA", {"type": "TACE", "start": "2025-01-01", "ongoing": None}],
        "portal_vein_thrombosis": False,
    }
    answer(given)
    case.refresh_from_db()
    assert {name: case.assessment.facts[name] for name in given} == {
        **given,
        "metastatic_sites": ["liver", "bone"],
        "treatments": [{"type": "SSA"}, {"type": "TACE", "start": "2025-01-01"}],
    }
    assert case.assessment.facts["metastatic_site_count"] == 2
