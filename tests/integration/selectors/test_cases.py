"""Reading cases: the list, one case, one patient."""

import uuid

import pytest

from cases.models import Case
from cases.selectors import cases
from cases.services import patients
from cases.services.cases import open_case
from tests.factories.cases import STAGING, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def made(scope, coordinator):
    """Cases of a few people, by family name."""
    people = [
        ("Müller", "Jürgen", "MRN-100"),
        ("Muller", "Ana", "MRN-101"),
        ("Nguyễn Văn", "Nam", "x-1"),
        ("Straße", "Eva", "MRN-2"),
        ("O'Neill", "😀", "50%_off"),
        ("", "", "PSEUDO-1"),
        ("", "", "TRIAL 017"),
    ]
    for family_name, given_name, number in people:
        patient = patients.add(
            record_number=number, family_name=family_name, given_name=given_name, by=coordinator
        )
        open_case(patient=patient, title=f"Case of {number}", by=coordinator)


def found(text: str) -> set[str]:
    return {case.patient.record_number for case in cases.search(text=text)}


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("muller", {"MRN-100", "MRN-101"}),
        ("MÜLL", {"MRN-100", "MRN-101"}),
        ("mu\u0308ller", {"MRN-100", "MRN-101"}),
        ("  müller   jür", {"MRN-100"}),
        ("nguyen van", {"x-1"}),
        ("nguyen va", set()),
        ("strasse", {"MRN-2"}),
        ("o'n", {"50%_off"}),
        ("o'neill", {"50%_off"}),
        ("o'neil", {"50%_off"}),
        ("o'neill 😀", set()),
        # More than six letters are a whole name or nothing.
        ("pseudo-", set()),
        ("pseudo-1", {"PSEUDO-1"}),
        ("müller ana", {"MRN-101"}),
        ("ana muller", {"MRN-101"}),
        ("mu", set()),
        ("mrn-10", {"MRN-100", "MRN-101"}),
        ("mrn-100", {"MRN-100"}),
        # Also one with a space in it, said whole.
        ("trial 017", {"TRIAL 017"}),
        ("trial 018", set()),
        ("\uff2d\uff32\uff2e-2", {"MRN-2"}),
        ("pseudo", {"PSEUDO-1"}),
        ("50%", {"50%_off"}),
        # The start of a name, and patterns are letters like others.
        ("uller", set()),
        ("%", set()),
        ("_", set()),
        ("m%r", set()),
        ("'; DROP TABLE cases_case; --", set()),
        ("\x00", set()),
        ("mrn\x00", set()),
        ("x" * 100_000, set()),
    ],
)
def test_search_by_the_start_of_a_name_or_record_number(text, numbers):
    assert found(text) == numbers


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("text", ["", "   ", "\u0301"])
def test_nothing_typed_finds_all(text):
    assert len(found(text)) == 7


@pytest.mark.usefixtures("made")
def test_the_newest_change_comes_first(coordinator):
    first = cases.search().last()
    make_case(by=coordinator, title="Newest")
    assert [case.title for case in cases.search()][:2] == ["Newest", "Case of TRIAL 017"]
    assert first.title == "Case of MRN-100"


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
