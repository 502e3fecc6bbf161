"""Reading cases: the list, one case, one patient."""

import uuid

import pytest

from cases.models import Case
from cases.selectors import cases
from cases.services import patients
from cases.services.cases import open_case
from tests.factories.cases import STAGING, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_filters_narrow(coordinator):
    ready = make_case(by=coordinator, **STAGING)
    fresh = make_case(by=coordinator)
    assert list(cases.search(readiness="ready")) == [ready]
    assert list(cases.search(readiness="not started")) == [fresh]
    assert list(cases.search(scenario="SC-01")) == [ready]
    assert list(cases.search(scenario="SC-01", readiness="not started")) == []
    assert list(cases.search(scenario="\x00")) == list(cases.search(readiness="\x00")) == []
    assert list(cases.search(text="river", scenario="SC-01")) == [ready]


def test_pages_at_their_edges(coordinator):
    for _ in range(5):
        make_case(by=coordinator)
    everything = list(cases.search())

    def seen(number: int, size: int = 2) -> tuple[list[Case], int, bool, bool]:
        page = cases.page(cases.search(), number=number, size=size)
        return page.cases, page.number, page.has_previous, page.has_next

    assert seen(1) == (everything[:2], 1, False, True)
    assert seen(2) == (everything[2:4], 2, True, True)
    assert seen(3) == (everything[4:], 3, True, False)
    assert seen(4) == ([], 4, True, False)
    assert seen(0) == seen(-7) == seen(1)
    assert seen(1, size=5) == (everything, 1, False, False)
    assert seen(10**30) == ([], cases.LAST_PAGE, True, False)


def test_a_list_takes_one_query_however_long(coordinator, django_assert_num_queries):
    for _ in range(12):
        make_case(by=coordinator)
    for size in (1, 10):
        with django_assert_num_queries(1):
            page = cases.page(cases.search(text="riv"), number=1, size=size)
            assert [case.patient.name for case in page.cases] == ["Rivera, Ana"] * size


def test_one_case_comes_with_patient_and_assessment(coordinator, django_assert_num_queries):
    case = make_case(by=coordinator)
    with django_assert_num_queries(1):
        read = cases.one(case.pk)
        assert (read.patient.name, read.assessment.scenario) == ("Rivera, Ana", "UNDETERMINED")
    with pytest.raises(Case.DoesNotExist):
        cases.one(uuid.uuid4())


def test_a_patient_is_found_by_the_whole_record_number(coordinator):
    patient = patients.add(record_number="MRN-7", by=coordinator)
    assert cases.patient_by_record_number(" mrn-7 ") == patient
    assert cases.patient_by_record_number("MRN") is None
    first = open_case(patient=patient, title="First", by=coordinator)
    second = open_case(patient=patient, title="Second", by=coordinator)
    make_case(by=coordinator)
    assert cases.cases_of(patient) == [second, first]


def test_a_case_reads_as_its_diagnosis(coordinator):
    case = make_case(by=coordinator)
    assert (str(case), str(case.patient)) == ("pNET of the tail", case.patient.record_number)
