"""What a write asks of the database: every save of a user pays it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Patient, Study
from cases.services import cases, devices, facts
from cases.services.checks import check
from tests.factories.boards import make_asking_case
from tests.factories.cases import FEASIBLE, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]


@pytest.fixture
def patient(coordinator):
    return make_case(by=coordinator).patient


def tables_asked(work):
    """The tables that `work` reads whole rows or columns of, one for each statement."""
    with CaptureQueriesContext(connection) as queries:
        work()
    said = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    return [sql.split(" FROM ", 1)[1].split('"')[1] for sql in said if ' FROM "' in sql]


def test_many_answers_cost_what_one_does(patient, coordinator):
    def opened(**answers):
        with CaptureQueriesContext(connection) as queries:
            cases.open_case(patient=patient, title="pNET", answers=answers, by=coordinator)
        return len(queries)

    assert opened(**FEASIBLE) == opened(age_years=58)


def test_the_record_of_a_case_is_read_once(coordinator):
    case = make_asking_case(by=coordinator)

    asked = tables_asked(
        lambda: facts.answer(case=case, answers={"ki67_percent": 9}, by=coordinator)
    )

    record = {f"cases_{name}" for name in ("study", "result", "treatment", "specimen", "labresult")}
    assert sorted(table for table in asked if table in record) == sorted(record)
    assert asked.count("cases_decision") == asked.count("cases_gap") == 1
    # Without a decision there is no task.
    assert "cases_task" not in asked


def test_a_case_that_is_opened_knows_what_is_the_patients(patient, coordinator):
    devices.add(patient=patient, kind="pacemaker", mri_safety="unsafe", by=coordinator)

    case = cases.open_case(patient=patient, title="pNET", by=coordinator)

    assert case.assessment.facts["mri_contraindicated"] is True
    assert case.assessment.origins["mri_contraindicated"]["rule"] == "devices.unsafe"


def test_constraints_of_a_row_are_asked_for_at_once(django_assert_num_queries):
    patient = Patient(record_number="R-1", sex="female")
    study = Study(modality="CT", ordered_on="2026-01-02", performed_on="2026-01-03")

    with django_assert_num_queries(0):
        check(patient)
    # One SELECT between the two of a savepoint, for two constraints.
    with django_assert_num_queries(3):
        check(study)
