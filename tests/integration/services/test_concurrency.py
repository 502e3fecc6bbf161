"""Two real writers at once, each on a connection of its own."""

from functools import partial

import pytest
from django.utils import timezone

from cases.models import Acknowledgment, Board, Case, FactAnswer, Patient, Result, Study
from cases.services import acknowledgments, boards, cases, facts, patients, results, studies
from cases.services.errors import Changed, Invalid, Refused
from guidance.editions import adoptions, local_studies
from guidance.editions.local_words import Overtaken
from tests.factories.cases import make_case, make_study
from tests.factories.editions import loaded, mri_less_appropriate
from tests.factories.people import add_member, make_institution
from tests.integration.services.writers import write_at_once
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def person(north):
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


@pytest.fixture
def case(north, person):
    with institution_scope(north):
        return make_case(by=person)


@pytest.fixture
def at_once(north):
    """Runs writes at the same moment; what each ended with, None where it went well."""
    return partial(write_at_once, north)


#: What makes the case one that the guidance speaks of.
QUESTION = {"clinical_question": "distant_staging", "definitive_treatment_done": False}


def kinds(ended) -> list[str]:
    return sorted(type(error).__name__ for error in ended)


@pytest.mark.parametrize("round_", range(5))
def test_of_two_who_saw_the_same_version_one_writes(round_, case, person, north, at_once):
    """ASVS v5.0.0-2.3.4: the second of two is told, and overwrites nothing."""
    ended = at_once(
        lambda: cases.change(case=case, title="Mine", if_match=1, by=person),
        lambda: facts.answer(case=case, answers={"ki67_percent": 4}, if_match=1, by=person),
    )
    assert kinds(ended) == ["Changed", "NoneType"]
    with institution_scope(north):
        stored = Case.objects.get()
        assert stored.version == 2
        wrote_title, wrote_fact = stored.title == "Mine", FactAnswer.objects.exists()
    assert wrote_title != wrote_fact
    assert isinstance(ended[1 if wrote_title else 0], Changed)


def test_two_who_look_at_no_version_both_write(case, person, north, at_once):
    ended = at_once(
        lambda: facts.answer(case=case, answers={"ki67_percent": 4}, by=person),
        lambda: facts.answer(case=case, answers={"differentiation": "well"}, by=person),
    )
    assert ended == [None, None]
    with institution_scope(north):
        stored = Case.objects.select_related("assessment").get()
        assert stored.version == 3
        # Whoever came second assessed what both had said.
        assert stored.assessment.facts["ki67_percent"] == 4
        assert stored.assessment.facts["differentiation"] == "well"


def test_a_study_gets_one_result(case, person, north, at_once):
    with institution_scope(north):
        study = make_study(case=case, by=person)
    ended = at_once(
        lambda: results.enter(study=study, outcome="positive", by=person),
        lambda: results.enter(study=study, outcome="negative", by=person),
    )
    assert kinds(ended) == ["NoneType", "Refused"]
    assert [type(e) for e in ended if e] == [Refused]
    with institution_scope(north):
        assert Result.objects.count() == 1


def test_two_change_different_columns_of_a_study(case, person, north, at_once):
    with institution_scope(north):
        study = make_study(case=case, by=person)
    ended = at_once(
        lambda: studies.change(study=study, report="Clear.", by=person),
        lambda: studies.change(study=Study.objects.get(), dwi=True, by=person),
    )
    assert ended == [None, None]
    with institution_scope(north):
        stored = Study.objects.get()
        assert (stored.report, stored.dwi) == ("Clear.", True)


def test_a_record_number_is_there_once(person, north, at_once):
    ended = at_once(
        lambda: patients.add(record_number="A-1", by=person),
        lambda: patients.add(record_number="a-1", by=person),
    )
    assert kinds(ended) == ["Invalid", "NoneType"]
    (refused,) = [error for error in ended if isinstance(error, Invalid)]
    assert refused.errors == {"record_number": [patients.TAKEN]}
    with institution_scope(north):
        assert Patient.objects.count() == 1


def test_a_check_is_acknowledged_once(case, person, north, at_once):
    with institution_scope(north):
        facts.answer(case=case, answers={"differentiation": "poor", **QUESTION}, by=person)
        seen = Case.objects.get().assessment_id

    def acknowledge():
        acknowledgments.acknowledge(
            case=case, code="W-NEC", assessment_id=seen, reason="accepted", by=person
        )

    first, second = at_once(acknowledge, acknowledge)

    assert [type(error) for error in (first, second) if error] == [Refused]
    assert "acknowledged this check already" in str(first or second)
    with institution_scope(north):
        assert Acknowledgment.objects.count() == 1


def test_what_is_said_of_a_study_has_one_next_version(person, north, at_once):
    later = timezone.localdate() + timezone.timedelta(days=9)

    def mark():
        try:
            local_studies.mark_unavailable(
                procedure="EUS", reason="None", review_on=later, by=person
            )
        except Overtaken as error:
            raise Refused(str(error)) from error

    assert kinds(at_once(mark, mark)) == ["NoneType", "Refused"]
    with institution_scope(north):
        assert [study.version for study in local_studies.history()] == [1]


def test_a_boards_name_is_taken_once(at_once, north, person):
    first, second = at_once(
        lambda: boards.add(name="NET board", by=person),
        lambda: boards.add(name="NET board", by=person),
    )

    refused = first or second
    assert isinstance(refused, Invalid)
    assert not (first and second)
    assert "already there" in refused.errors["name"][0]
    with institution_scope(north):
        assert Board.objects.count() == 1


def test_two_who_adopt_an_edition_at_once_adopt_it_once(north, person, at_once):
    newer = loaded("2027.1", mri_less_appropriate)

    def adopt():
        try:
            adoptions.adopt(edition=newer, by=person)
        except adoptions.AlreadyAdopted as error:
            raise Refused(str(error)) from error

    ended = at_once(adopt, adopt)
    assert [type(error) for error in ended if error] == [Refused]
    with institution_scope(north):
        assert [each.edition.version for each in adoptions.history()].count("2027.1") == 1
