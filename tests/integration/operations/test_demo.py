"""The demo: every worked vignette, written as records and read back as the same answer."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.test import Client

from cases.models import Assessment, BreakGlass, Case, Decision, Patient, Study
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import annotations_of, annotations_of_signed
from cases.selectors.cases import patient_by_record_number
from cases.selectors.local_words import local_words
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import as_json, parse_fact, parse_facts
from tests.factories.cases import case_of
from tumorboard.accounts.models import User
from tumorboard.operations.demo import SIGN_INS, load
from tumorboard.operations.demo.record import RECORD_NUMBER
from tumorboard.operations.demo.stories import months_before, stories
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope, member_scope

DATA = Path(__file__).resolve().parents[2] / "unit" / "guidance" / "data"
VIGNETTES = {entry["id"]: entry for entry in yaml.safe_load((DATA / "vignettes.yaml").read_text())}
D0 = yaml.safe_load((DATA / "d0.yaml").read_text())

#: What a vignette expects, all of it.
EXPECTED = (
    "scenario", "provisional", "top", "alternatives", "removed", "warnings", "branch", "actions",
    "next_interval", "board", "missing", "grade",
)  # fmt: skip
UNORDERED = ("warnings", "removed")

#: Facts that a record says and a vignette leaves open.
SAID_BY_THE_RECORD = {
    "evaluated_on", "sex", "studies", "last_imaging_date", "months_since_last_imaging",
    "resection_date", "prior_followup_modalities",
}  # fmt: skip
#: Facts of a result without a result, and of an order without an order: no record holds them.
ONLY_WITH_A_RESULT = {
    "response_basis", "new_lesions", "imaging_clinical_discordant", "report_complex_or_subtle",
    "extrahepatic_sites_reviewed",
}  # fmt: skip

FICTIONAL = {
    "Example", "Sample", "Placeholder", "Specimen", "Template", "Mockup", "Fictitious", "Demoson",
    "Testcase", "Anybody", "Nottareal", "Fictional", "Madeup", "Invented", "Imaginary", "Pretend",
    "Notexisting", "Fabricated", "Storyline",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, loaded once for this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        first, second = load(), load()
        north = Institution.objects.get(slug="north")
        with institution_scope(north):
            cases = {
                case.title.partition(":")[0]: case
                for case in Case.objects.select_related("patient", "assessment")
            }
        yield SimpleNamespace(
            loaded=(first, second),
            north=north,
            south=Institution.objects.get(slug="south"),
            cases=cases,
        )
        transaction.set_rollback(True)


def sorted_where_unordered(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(answer[name]) if name in UNORDERED else answer[name] for name in EXPECTED}


def test_loading_twice_loads_once(demo):
    assert demo.loaded == (True, False)
    with institution_scope(demo.north):
        # Beside them: one with a whole record, and one that is restricted.
        assert Case.objects.count() - 2 == len(VIGNETTES) == 30


@pytest.mark.parametrize("name", VIGNETTES)
def test_a_case_is_answered_as_its_vignette(demo, name):
    answer = demo.cases[name].assessment.answer
    assert sorted_where_unordered(answer) == sorted_where_unordered(VIGNETTES[name]["expect"])


@pytest.mark.parametrize("name", VIGNETTES)
def test_a_case_replays_to_the_same_answer(demo, name):
    with institution_scope(demo.north):
        kept = list(Assessment.objects.filter(case=demo.cases[name]))
    assert kept
    for assessment in kept:
        assert assess(parse_facts(assessment.facts), load_edition()) == assessment.answer


@pytest.mark.parametrize("name", VIGNETTES)
def test_a_case_says_the_facts_of_its_vignette(demo, name):
    told = {**D0, **VIGNETTES[name]["facts"]}
    parsed = {fact: parse_fact(fact, value) for fact, value in told.items()}
    wanted = {fact: as_json(value) for fact, value in parsed.items() if value is not None}
    if "study_outcome" not in wanted:
        wanted = {f: value for f, value in wanted.items() if f not in ONLY_WITH_A_RESULT}
    facts = demo.cases[name].assessment.facts
    assert {fact: facts.get(fact) for fact in wanted} == wanted
    assert facts.keys() - wanted.keys() <= SAID_BY_THE_RECORD


def test_the_demos_stories_are_the_vignettes():
    told = {story.id: (story.title, story.facts) for story in stories()}
    assert told == {
        name: (entry["title"].replace("tumour", "tumor"), {**D0, **entry["facts"]})
        for name, entry in VIGNETTES.items()
    }


def test_the_other_institution_sees_none_of_it(demo):
    with institution_scope(demo.south):
        titles = set(Case.objects.values_list("id", flat=True))
        assert len(titles) == 3
        assert titles.isdisjoint(case.id for case in demo.cases.values())
        assert not any(p.record_number.startswith("N-") for p in Patient.objects.all())
        assert not Study.objects.filter(case_id=demo.cases["V03"].id).exists()
        assert not Decision.objects.exists()


def test_one_case_has_a_whole_record(demo):
    with institution_scope(demo.north):
        case = case_of(RECORD_NUMBER)
        answer = case.assessment.answer
        assert (answer["scenario"], case.assessment.branch) == ("SC-05", "B-05-PROG")
        assert case.studies.count() == 7
        # What the record derives, beside what was answered.
        assert case.assessment.facts["ki67_percent"] == 9
        assert case.assessment.facts["cga_trend"] == "rising"
        assert case.gap_requests.count() == 1


def test_people_are_obviously_fictional(demo):
    for institution in (demo.north, demo.south):
        with institution_scope(institution):
            assert {patient.family_name for patient in Patient.objects.all()} <= FICTIONAL
    for person in User.objects.all():
        assert person.name.rpartition(" ")[2] in FICTIONAL
        assert person.email.endswith(".example")


def test_one_case_is_decided_and_the_others_wait(demo):
    with institution_scope(demo.north):
        (decision,) = Decision.objects.select_related("case")
        assert decision.case == demo.cases["V03"]
        assert Case.objects.get(pk=decision.case_id).readiness == "signed"
        assert decision.meeting_starts_at < decision.signed_at
        # Of the restricted one nothing is known but who it is.
        cases = Case.objects.select_related("patient")
        states = {case.readiness for case in cases if case.patient.record_number != "N-0950"}
    assert states == {"signed", "needs a decision", "incomplete", "ready"}


def test_the_hospital_says_something_beside_the_guidance(demo):
    with institution_scope(demo.north):
        case = demo.cases["V30"]
        shown = AnnotatedAnswer(case.assessment.answer, annotations_of(case, case.assessment))
        assert shown.blocking == []
        assert [who.by for who in shown.acceptance.accepted] == ["Charlie Imaginary"]
        (decision,) = Decision.objects.select_related("case")
        said = [word.code for word in annotations_of_signed(decision).words]
        assert said == ["CT_CAP_W", ""]
        assert len(local_words(on=date(2026, 11, 21))) == 3


def test_the_sign_ins_that_are_printed_open_the_door(demo):
    assert len(SIGN_INS) == 10
    for sign_in in SIGN_INS:
        client = Client()
        assert client.login(email=sign_in.email, password=sign_in.password)
        assert client.get(sign_in.path, follow=True).status_code == 200


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 12, "2025-01-15"),
        ("2026-12-31", 0, "2026-12-31"),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_the_demo_has_a_restricted_record_that_was_opened_and_reviewed(demo):
    north = Institution.objects.get(slug="north")
    with institution_scope(north):
        (glass,) = BreakGlass.objects.select_related("person", "reviewed_by")
        assert (glass.person.name, glass.verdict) == ("Clint Fictional", "justified")
        assert glass.reviewed_by.name == "Penny Pretend"
    with member_scope(north, glass.person_id):
        assert patient_by_record_number("N-0950") is None
