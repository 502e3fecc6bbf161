"""Finding cases by what was typed: people whose names are hard to find."""

import pytest

from cases.selectors import cases
from cases.services import patients
from cases.services.cases import open_case
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people", "scope")]


@pytest.fixture(scope="module")
def institution(kept):
    """One for all tests of this file; none of them changes it."""
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture(scope="module")
def coordinator(institution):
    """One for all tests of this file; none of them changes her."""
    return add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")


@pytest.fixture(scope="module")
def people(institution, coordinator):
    """Cases of a few people, by family name; in an institution where nothing else is."""
    named = [
        ("Müller", "Jürgen", "MRN-100"),
        ("Muller", "Ana", "MRN-101"),
        ("Nguyễn Văn", "Nam", "x-1"),
        ("Straße", "Eva", "MRN-2"),
        ("O'Neill", "😀", "50%_off"),
        ("", "", "PSEUDO-1"),
        ("", "", "TRIAL 017"),
    ]
    with institution_scope(institution):
        for family_name, given_name, number in named:
            patient = patients.add(
                record_number=number, family_name=family_name, given_name=given_name, by=coordinator
            )
            open_case(patient=patient, title=f"Case of {number}", by=coordinator)


def found(text: str) -> set[str]:
    return {case.patient.record_number for case in cases.search(text=text)}


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


@pytest.mark.parametrize("text", ["", "   ", "\u0301"])
def test_nothing_typed_finds_all(text):
    assert len(found(text)) == 7


def test_the_newest_change_comes_first(coordinator):
    first = cases.search().last()
    make_case(by=coordinator, title="Newest")
    assert [case.title for case in cases.search()][:2] == ["Newest", "Case of TRIAL 017"]
    assert first.title == "Case of MRN-100"
