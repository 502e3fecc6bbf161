"""Answering facts: a value, unknown, and not asked are three things, for every kind."""

import copy
import datetime

import pytest
from django.utils import timezone

from cases.models import Case, FactAnswer
from cases.services import facts, specimens
from cases.web.forms.answers import ANSWERABLE
from cases.web.forms.facts import facts_in
from guidance.engine.dictionary import DICTIONARY
from tests.factories.cases import make_case, make_study
from tests.integration.web.cases.reading import checked_of, error_at, text_of, value_of
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(scope="module", autouse=True)
def kept_blank(house) -> Case:
    """A case of which nothing is known."""
    with institution_scope(house.institution):
        return make_case(by=house.coordinator)


@pytest.fixture
def blank(kept_blank) -> Case:
    return copy.deepcopy(kept_blank)


@pytest.fixture
def answer(browser, at, blank, institution):
    """Post answers to a group as the page would, and give the response."""

    def post(group, source="", **typed):
        page = browser.get(at("case_facts", blank.pk, group))
        data = {"seen": value_of(page, "seen"), "source": source, **typed}
        return browser.post(at("case_facts", blank.pk, group), data)

    return post


def stored(fact: str):
    """What is kept for a fact: its value, or None where it was not asked."""
    row = FactAnswer.objects.filter(fact=fact).first()
    return row.value if row else None


KINDS = [
    ("C", "bone_pain", {"bone_pain": "true"}, True),
    ("C", "bone_pain", {"bone_pain": "false"}, False),
    ("C", "bone_pain", {"bone_pain": "unknown"}, "unknown"),
    ("B", "differentiation", {"differentiation": "well"}, "well"),
    ("B", "differentiation", {"differentiation": "unknown"}, "unknown"),
    ("B", "primary_site", {"primary_site": "pancreas"}, "pancreas"),
    ("C", "new_symptoms", {"new_symptoms": ["flushing", "jaundice"]}, ["jaundice", "flushing"]),
    ("C", "new_symptoms", {"new_symptoms": "reviewed_none"}, []),
    ("C", "new_symptoms", {"new_symptoms": "unknown"}, "unknown"),
    ("D", "liver_met_count", {"liver_met_count_0": "3"}, 3),
    ("D", "liver_met_count", {"liver_met_count_1": "on"}, "unknown"),
    ("B", "ki67_percent", {"ki67_percent_0": " 2.5 "}, 2.5),
    ("B", "ki67_percent", {"ki67_percent_0": "0"}, 0),
    ("B", "ki67_percent", {"ki67_percent_1": "on"}, "unknown"),
    ("B", "diagnosis_date", {"diagnosis_date_0": "3 Nov 2025"}, "2025-11-03"),
    ("B", "diagnosis_date", {"diagnosis_date_0": "2025-11-03"}, "2025-11-03"),
    ("B", "diagnosis_date", {"diagnosis_date_1": "on"}, "unknown"),
]


@pytest.mark.parametrize(("group", "fact", "typed", "known"), KINDS)
def test_what_is_answered_is_kept_and_shown_again(
    answer, browser, at, blank, scope, group, fact, typed, known
):
    response = answer(group, source="Report of 3 Nov", **typed)

    assert response["Location"] == at("case", blank.pk)
    row = FactAnswer.objects.get()
    assert (row.fact, row.value, row.source) == (fact, known, "Report of 3 Nov")
    assert type(row.value) is type(known) or isinstance(known, int)
    page = browser.get(at("case_facts", blank.pk, group))
    assert "from Report of 3 Nov" in text_of(page)

    again = answer(group, **_posted_again(page, fact))
    assert again.status_code == 302
    assert FactAnswer.objects.get().source == "Report of 3 Nov"


def _posted_again(page, fact):
    """The fields of a fact as the page would send them back untouched."""
    kind = DICTIONARY[fact].kind
    if kind in ("integer", "decimal", "date"):
        typed = {f"{fact}_0": value_of(page, f"{fact}_0") or ""}
        return typed | ({f"{fact}_1": "on"} if checked_of(page, f"{fact}_1") else {})
    return {fact: checked_of(page, fact)}


@pytest.mark.parametrize(("group", "fact", "typed", "known"), KINDS)
def test_an_answer_can_be_taken_back(answer, scope, group, fact, typed, known):
    answer(group, **typed)
    assert stored(fact) == known

    answer(group)
    assert stored(fact) is None


def test_nothing_asked_is_nothing_kept(answer, scope):
    assert answer("C").status_code == 302
    assert not FactAnswer.objects.exists()


def test_a_list_in_another_order_is_the_same_answer(
    browser, at, answer, blank, institution, coordinator, scope
):
    facts.answer(
        case=blank, answers={"new_symptoms": ["flushing", "jaundice"]}, source="API", by=coordinator
    )
    answer("C", source="typed", new_symptoms=["jaundice", "flushing"])

    assert FactAnswer.objects.get().source == "API"


def test_every_kind_of_every_fact_has_a_field(browser, at, blank):
    for group in {fact.group for fact in DICTIONARY.values()}:
        names = facts_in(group)
        response = browser.get(at("case_facts", blank.pk, group))
        assert response.status_code == (200 if names else 404)
        body = response.content.decode()
        for name in names:
            assert f'id="fact-{name}"' in body
            assert DICTIONARY[name].question in text_of(response)
            assert DICTIONARY[name].help in text_of(response)
            assert DICTIONARY[name].kind in ANSWERABLE


@pytest.mark.parametrize(
    ("group", "fact", "typed", "message"),
    [
        ("B", "ki67_percent", {"ki67_percent_0": "101"}, "at most 100"),
        ("B", "ki67_percent", {"ki67_percent_0": "high"}, "Enter a number"),
        ("B", "ki67_percent", {"ki67_percent_0": "1e2"}, "Enter a number"),
        ("B", "ki67_percent", {"ki67_percent_0": "2", "ki67_percent_1": "on"}, "not both"),
        ("D", "liver_met_count", {"liver_met_count_0": "2.5"}, "whole number"),
        ("D", "liver_met_count", {"liver_met_count_0": "1000"}, "at most 999"),
        ("D", "liver_met_largest_mm", {"liver_met_largest_mm_0": "-1"}, "at least 0"),
        ("B", "diagnosis_date", {"diagnosis_date_0": "3/12/2025"}, "could be 3 Dec 2025 or 12 Mar"),
        ("B", "diagnosis_date", {"diagnosis_date_0": "2999-01-01"}, "future"),
        ("B", "diagnosis_date", {"diagnosis_date_0": "9", "diagnosis_date_1": "on"}, "not both"),
        ("C", "bone_pain", {"bone_pain": "maybe"}, "Select a valid choice"),
        ("B", "primary_site", {"primary_site": "soul"}, "Select a valid choice"),
        ("C", "new_symptoms", {"new_symptoms": ["itch"]}, "Select a valid choice"),
        ("C", "new_symptoms", {"new_symptoms": ["flushing", "unknown"]}, "not both"),
        ("C", "new_symptoms", {"new_symptoms": ["reviewed_none", "unknown"]}, "not both"),
    ],
)
def test_an_answer_that_cannot_be_is_told_by_its_question_and_nothing_is_written(
    answer, scope, group, fact, typed, message
):
    other = {"B": {"rcc_history": "true"}, "C": {"alp_elevated": "true"}, "D": {}}[group]
    response = answer(group, source="typed source", **other, **typed)

    assert response.status_code == 422
    assert message in error_at(response, fact)
    assert not FactAnswer.objects.exists()
    assert value_of(response, "source") == "typed source"
    for name, value in typed.items():
        if name.endswith("_0"):
            assert value_of(response, name) == value
    for name in other:
        assert checked_of(response, name) == ["true"]


def test_a_source_that_is_too_long_is_told(answer, scope):
    response = answer("C", source="x" * 201, bone_pain="true")

    assert "at most 200 characters" in error_at(response, "source")
    assert not FactAnswer.objects.exists()


def test_the_source_goes_with_what_was_changed_and_nothing_else(answer, scope):
    answer("C", source="first", bone_pain="true")
    answer("C", source="second", bone_pain="true", alp_elevated="false")

    sources = dict(FactAnswer.objects.values_list("fact", "source"))
    assert sources == {"bone_pain": "first", "alp_elevated": "second"}


def test_two_who_answer_at_once_see_each_other(browser, at, blank, institution, coordinator):
    address = at("case_facts", blank.pk, "B")
    page = browser.get(address)
    with institution_scope(institution):
        facts.answer(case=blank, answers={"ki67_percent": 5, "rcc_history": True}, by=coordinator)
    data = {"seen": value_of(page, "seen"), "ki67_percent_0": "3", "source": ""}
    response = browser.post(address, data)

    words = text_of(response)
    assert response.status_code == 422
    assert "Somebody else changed this" in words
    assert "Ki-67 index now 5 % positive nuclei; you typed 3 % positive nuclei" in words
    assert "History of renal cell carcinoma now Yes" in words
    assert "What you typed is still here" in words
    assert checked_of(response, "rcc_history") == ["true"]
    assert value_of(response, "ki67_percent_0") == "3"

    again = {
        **data,
        "seen": value_of(response, "seen"),
        "rcc_history": checked_of(response, "rcc_history"),
    }
    assert browser.post(address, again).status_code == 302
    with institution_scope(institution):
        assert (stored("ki67_percent"), stored("rcc_history")) == (3, True)


def test_every_kind_that_somebody_else_answered_is_taken_over(
    browser, at, blank, institution, coordinator
):
    theirs = {
        "C": {"new_symptoms": ["flushing", "jaundice"]},
        "B": {"ki67_percent": "unknown", "diagnosis_date": "2025-11-03", "mitoses_per_10hpf": 4},
    }
    pages = {group: browser.get(at("case_facts", blank.pk, group)) for group in theirs}
    with institution_scope(institution):
        for answers in theirs.values():
            facts.answer(case=blank, answers=answers, by=coordinator)

    for group, typed in (("C", {"bone_pain": "true"}), ("B", {"rcc_history": "true"})):
        address, page = at("case_facts", blank.pk, group), pages[group]
        data = {"seen": value_of(page, "seen"), **typed}
        response = browser.post(address, data)
        assert response.status_code == 422
        assert "Somebody else changed this" in text_of(response)
        taken_over = {
            name: value
            for fact in theirs[group]
            for name, value in _posted_again(response, fact).items()
        }
        again = {**typed, **taken_over, "seen": value_of(response, "seen")}
        assert browser.post(address, again).status_code == 302

    with institution_scope(institution):
        for answers in theirs.values():
            assert {fact: stored(fact) for fact in answers} == answers
        assert (stored("bone_pain"), stored("rcc_history")) == (True, True)


@pytest.mark.parametrize("seen", ["", "[]", "{", '"x"', "null"])
def test_a_form_that_was_tampered_with_is_no_error(browser, at, blank, scope, seen):
    data = {"seen": seen, "bone_pain": "true"}

    assert browser.post(at("case_facts", blank.pk, "C"), data).status_code in (302, 422)


def test_what_the_record_says_is_not_asked_again(browser, at, blank, institution, coordinator):
    with institution_scope(institution):
        make_study(case=blank, by=coordinator, modality="PET_SSTR")
    page = browser.get(at("case_facts", blank.pk, "I"))

    assert 'name="sstr_imaging_done"' not in page.content.decode()
    assert "Yes From the studies." in text_of(page)
    assert at("case", blank.pk) + "#imaging" in page.content.decode()


def test_a_recurrence_that_the_record_suspects_can_be_denied_again(
    browser, at, answer, blank, institution, coordinator
):
    known = {"resection_status": "complete", "recurrence_status": "none"}
    with institution_scope(institution):
        facts.answer(case=blank, answers=known, by=coordinator)
        make_study(case=blank, by=coordinator, modality="CT", outcome="positive")
        ordered = datetime.date(2026, 2, 1)
        make_study(case=blank, by=coordinator, ordered_on=ordered, performed_on=None)
    page = browser.get(at("case_facts", blank.pk, "E"))

    said = "The record says: Suspected. From the positive CT of 12 Jan 2026."
    assert said in text_of(page)
    assert checked_of(page, "recurrence_status") == []

    answer("E", resection_status="complete", recurrence_status="none")
    with institution_scope(institution):
        blank.refresh_from_db()
        assert blank.assessment.facts["recurrence_status"] == "none"


@pytest.mark.parametrize("seen", ["[" * 100_000, "9" * 5000, "{", '"text"'])
def test_a_form_that_was_tampered_with_is_no_crash(browser, at, blank, institution, seen):
    data = {"seen": seen, "bone_pain": "true"}
    response = browser.post(at("case_facts", blank.pk, "C"), data)
    assert response.status_code in (302, 422)


def test_what_the_record_reads_out_of_specimens_can_be_answered_otherwise(
    browser, at, institution, coordinator
):
    """A choice among specimens is a reading: a person who saw it may say what holds."""
    with institution_scope(institution):
        case = make_case(by=coordinator)
        for days, ki67 in ((400, 2), (30, 9)):
            specimens.add(
                case=case,
                taken_on=timezone.localdate() - datetime.timedelta(days=days),
                kind="biopsy",
                site="liver",
                ki67_percent=ki67,
                by=coordinator,
            )
    page = browser.get(at("case_facts", case.pk, "B"))
    assert "The record says: 9 % positive nuclei." in text_of(page)
    with institution_scope(institution):
        facts.answer(case=case, answers={"ki67_percent": 2}, by=coordinator)
        case.refresh_from_db()
        assert case.assessment.facts["ki67_percent"] == 2
    words = text_of(browser.get(at("case", case.pk)))
    assert "Record and answers disagree" in words
    assert "The record says otherwise: 9 % positive nuclei" in words
