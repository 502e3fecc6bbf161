"""Reading specimens, treatments and procedures of a case: what is asked of the database."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Specimen
from cases.selectors.history_facts import history_facts, history_of
from cases.selectors.pathology_facts import pathology_facts, specimens_in
from cases.selectors.procedures import procedures_of
from cases.selectors.specimens import pathology_of
from cases.selectors.treatments import treatments_of
from cases.services import facts, procedures, treatments
from guidance.editions import policies
from tests.factories.cases import make_case
from tests.factories.history import make_specimen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

DAY = datetime.date(2025, 1, 1)
MONTH = datetime.timedelta(days=31)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_specimens_are_graded_by_the_edition_that_the_institution_chose(case, coordinator):
    make_specimen(case=case, by=coordinator, ki67_percent=2.5, mitoses_per_10hpf=1)
    assert pathology_of(case).specimens[0].grade == "G1 (WHO 2022)"
    policies.choose(who_version="WHO2010", tnm_system="ENETS", by=coordinator)
    row = pathology_of(case).specimens[0]
    assert row.grade == "no class (WHO 2010)"
    assert [finding.code for finding in row.findings] == ["W-GRADE-GAP"]


def test_specimens_of_one_case_only_and_oldest_first(case, coordinator):
    other = make_case(by=coordinator)
    newer = make_specimen(case=case, by=coordinator, taken_on=DAY + MONTH)
    older = make_specimen(case=case, by=coordinator, taken_on=DAY)
    make_specimen(case=other, by=coordinator)
    assert specimens_in(case) == [older, newer]


@pytest.mark.parametrize("count", [1, 20])
def test_grading_asks_the_same_of_the_database_for_any_number_of_specimens(
    case, coordinator, count, django_assert_num_queries
):
    for number in range(count):
        row = make_specimen(case=case, by=coordinator, taken_on=DAY + number * MONTH / 31)
        Specimen.objects.filter(pk=row.pk).update(ki67_percent=number, mitoses_per_10hpf=9)
    with django_assert_num_queries(4):
        assert len(pathology_of(case).specimens) == count


def test_facts_from_what_the_database_holds_are_json(case, coordinator):
    make_specimen(case=case, by=coordinator, ki67_percent=4, subtype="NET", hormones=[])
    found = dict(pathology_facts(specimens_in(case), who_version="WHO2022"))
    assert isinstance(found["ki67_percent"].value, float)
    assert found["hormone_ihc_positive"].value == []
    assert found["diagnosis_basis"].entered_at <= timezone.now()


def test_treatments_and_procedures_stand_newest_first_and_undated_last(case, coordinator):
    def treat(**fields):
        return treatments.add(case=case, type="SSA", by=coordinator, **fields)

    undated, older, ended = treat(), treat(start=DAY), treat(end=DAY + MONTH)
    newer = treat(start=DAY + 2 * MONTH)
    assert treatments_of(case) == [newer, ended, older, undated]
    drain = procedures.add(case=case, kind="biliary_drain", by=coordinator)
    whipple = procedures.add(case=case, kind="whipple", done_on=DAY, by=coordinator)
    assert procedures_of(case) == [whipple, drain]


def test_when_a_treatment_was_written_last_comes_from_its_history(
    case, coordinator, django_assert_num_queries
):
    treatment = treatments.add(case=case, type="SSA", ongoing=True, by=coordinator)
    treatments.change(treatment=treatment, line=1, by=coordinator)
    with django_assert_num_queries(3):
        history = history_of(case)
    newest = type(treatment).pgh_event_model.objects.order_by("-pgh_id").first()
    assert history.written == {treatment.id: newest.pgh_created_at}
    known = dict(history_facts(history, on=DAY))["treated_for_current_disease"]
    assert known.entered_at == newest.pgh_created_at


def test_treatments_that_were_read_already_are_not_read_again(
    case, coordinator, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert history_of(case, treatments=[]).written == {}


def test_the_assessment_reads_what_specimens_and_procedures_say(case, coordinator):
    older = make_specimen(case=case, by=coordinator, taken_on=DAY, ki67_percent=12, subtype="NET")
    make_specimen(case=case, by=coordinator, taken_on=DAY + MONTH, ki67_percent=1)
    whipple = procedures.add(case=case, kind="whipple", by=coordinator)
    case.refresh_from_db()
    facts_read, origins = case.assessment.facts, case.assessment.origins
    assert facts_read["ki67_percent"] == 12
    assert origins["ki67_percent"]["specimens"] == [str(older.id)]
    assert facts_read["diagnosis_basis"] == "pathology_confirmed"
    biliary = "bilioenteric_anastomosis_or_biliary_device"
    assert facts_read[biliary] is True
    assert origins[biliary]["procedures"] == [str(whipple.id)]


def test_a_person_who_answers_after_a_choice_among_specimens_stands(case, coordinator):
    make_specimen(case=case, by=coordinator, taken_on=DAY, ki67_percent=12)
    make_specimen(case=case, by=coordinator, taken_on=DAY + MONTH, ki67_percent=1)
    facts.answer(case=case, answers={"ki67_percent": 5}, by=coordinator)
    case.refresh_from_db()
    assert case.assessment.facts["ki67_percent"] == 5
    assert case.assessment.origins["ki67_percent"]["record"]["value"] == 12


def test_an_answer_that_contradicts_what_goes_on_is_still_found(case, coordinator):
    treatments.add(case=case, type="SSA", ongoing=True, by=coordinator)
    case.refresh_from_db()
    assert case.assessment.facts["treated_for_current_disease"] is True
    facts.answer(case=case, answers={"treated_for_current_disease": False}, by=coordinator)
    case.refresh_from_db()
    assert [entry["id"] for entry in case.assessment.answer["contradictions"]] == ["C-07"]
