"""Several rows of a case written at a time, assessed once."""

import pytest

from cases.models import Assessment, Case, Patient, Study, Task
from cases.services import cases, facts, results, studies
from cases.services.assessments import assessed_once
from cases.services.errors import Invalid
from tests.factories.boards import make_asking_case
from tests.factories.cases import STAGING, make_case
from tests.factories.tasks import PET, ago, decided

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator, **STAGING)


def assessments_of(case: Case) -> int:
    return Assessment.objects.filter(case=case).count()


def add_result(case, by, outcome="positive", **fields):
    study = studies.add(case=case, modality="MRI", performed_on=ago(10), by=by)
    results.enter(study=study, outcome=outcome, by=by, **fields)


def test_rows_written_at_a_time_are_assessed_once_at_the_end(case, coordinator):
    with assessed_once():
        facts.answer(case=case, answers={"ki67_percent": 8}, by=coordinator)
        add_result(case, coordinator)
        assert assessments_of(case) == 1
    assert assessments_of(case) == 2
    alone = make_asking_case(by=coordinator)
    case.refresh_from_db()
    assert case.assessment.answer == alone.assessment.answer
    assert case.board_level == "yes"


def test_every_write_counts_as_a_version(case, coordinator):
    with assessed_once():
        facts.answer(case=case, answers={"ki67_percent": 8}, by=coordinator)
        facts.answer(case=case, answers={"ki67_percent": 9}, by=coordinator)
    assert Case.objects.get(pk=case.pk).version == case.version + 2


def test_a_case_that_is_opened_inside_is_assessed_at_the_end(coordinator):
    with assessed_once():
        patient = Patient.objects.get(pk=make_case(by=coordinator).patient_id)
        opened = cases.open_case(patient=patient, title="Second", answers=STAGING, by=coordinator)
        assert opened.assessment_id is None
    opened.refresh_from_db()
    assert opened.scenario == "SC-01"
    assert opened.preparation


def test_inside_another_one_it_waits_for_the_outer(case, coordinator):
    with assessed_once():
        with assessed_once():
            facts.answer(case=case, answers={"ki67_percent": 8}, by=coordinator)
        assert assessments_of(case) == 1
    assert assessments_of(case) == 2


def test_tasks_follow_the_record_at_the_end(coordinator):
    decision = decided(PET, by=coordinator)
    task = Task.objects.get(decision=decision)
    with assessed_once():
        studies.add(
            case=decision.case,
            modality="PET_SSTR",
            procedure="PET_DOTATATE",
            performed_on=ago(10),
            by=coordinator,
        )
        task.refresh_from_db()
        assert task.study_id is None
    task.refresh_from_db()
    assert task.study_id is not None


def test_what_is_refused_inside_leaves_nothing_and_later_writes_assess_at_once(case, coordinator):
    with pytest.raises(Invalid), assessed_once():
        add_result(case, coordinator, outcome="no such outcome")
    assert not Study.objects.filter(case=case).exists()
    facts.answer(case=case, answers={"ki67_percent": 8}, by=coordinator)
    assert assessments_of(case) == 2


def test_a_record_that_cannot_be_assessed_writes_nothing(case, coordinator, monkeypatch):
    def refuse(**_):
        raise Invalid({"ki67_percent": ["Cannot be."]})

    monkeypatch.setattr("cases.services.assessments.assessed", refuse)
    with pytest.raises(Invalid), assessed_once():
        facts.answer(case=case, answers={"ki67_percent": 8}, by=coordinator)
    assert Case.objects.get(pk=case.pk).version == case.version
