"""Who is here already: by record number, and by name with date of birth."""

import datetime

import pytest

from cases.selectors.duplicates import Likeness, candidates, differs_in_one_letter
from cases.services import cases, patients

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

BORN = datetime.date(1961, 4, 3)


@pytest.fixture
def rivera(coordinator):
    """Whoever is here already."""
    return patients.add(
        record_number="R-1",
        family_name="Rivera",
        given_name="Ana José",
        birth_date=BORN,
        by=coordinator,
    )


def likeness(**described):
    """Why the first candidate may be the one described; None where there is no candidate."""
    found = candidates(**described)
    return found[0].likeness if found else None


@pytest.mark.parametrize(
    ("family", "given", "born", "why"),
    [
        ("Rivera", "Ana José", BORN, Likeness.SAME),
        ("RIVERA", "ana jose", BORN, Likeness.SAME),
        (" Rívera ", "Ana  Jose", BORN, Likeness.SAME),
        ("Ana José", "Rivera", BORN, Likeness.SWAPPED),
        ("Riviera", "Ana José", BORN, Likeness.ONE_LETTER),
        ("Rivra", "Ana José", BORN, Likeness.ONE_LETTER),
        ("Ribera", "Ana José", BORN, Likeness.ONE_LETTER),
        ("Rievra", "Ana José", BORN, Likeness.ONE_LETTER),
        ("Rivera", "", BORN, Likeness.HALF_A_NAME),
        ("Rivera", "Ana José", datetime.date(1961, 3, 4), Likeness.DAY_AND_MONTH),
        ("Ana José", "Rivera", datetime.date(1961, 3, 4), Likeness.DAY_AND_MONTH),
        ("Rivera", "Ana José", None, Likeness.NO_BIRTH_DATE),
        ("Ana José", "Rivera", None, Likeness.NO_BIRTH_DATE),
        ("Rivera", "Ana José", datetime.date(1961, 4, 4), None),
        ("Rivero", "Ana Jose", datetime.date(1961, 4, 4), None),
        ("Rivera", "Ana Maria", BORN, None),
        ("Riverros", "Ana José", BORN, None),
        ("Rivera", "", None, None),
        ("", "", BORN, None),
        ("", "Ana José", BORN, None),
        ("X", "", BORN, None),
    ],
)
def test_a_name_with_a_date_of_birth(rivera, family, given, born, why):
    assert likeness(family_name=family, given_name=given, birth_date=born) == why


@pytest.mark.parametrize("number", ["R-1", " r-1 ", "\uff32-1"])
def test_a_record_number_in_whatever_case_it_is_typed(rivera, number):
    found = candidates(record_number=number, family_name="Somebody", given_name="Else")

    assert [(c.patient, c.likeness, c.is_likely) for c in found] == [
        (rivera, Likeness.RECORD_NUMBER, True)
    ]


def test_a_patient_whose_birth_date_nobody_knows(coordinator):
    patients.add(record_number="R-2", family_name="Rivera", given_name="Ana", by=coordinator)

    (found,) = candidates(family_name="Rivera", given_name="Ana", birth_date=BORN)
    assert (found.likeness, found.is_likely) == (Likeness.NO_BIRTH_DATE, False)


def test_patients_without_a_name_are_like_nobody(coordinator):
    patients.add(record_number="P-1", birth_date=BORN, by=coordinator)

    assert candidates(record_number="P-2", birth_date=BORN) == []
    assert candidates(record_number="P-2", family_name="R", birth_date=BORN) == []
    assert candidates(record_number="P-2", given_name="Rivera", birth_date=BORN) == []


def test_the_likeliest_comes_first_with_its_cases(rivera, coordinator):
    first = cases.open_case(patient=rivera, title="First", by=coordinator)
    second = cases.open_case(patient=rivera, title="Second", by=coordinator)
    near = patients.add(
        record_number="R-3",
        family_name="Riviera",
        given_name="Ana José",
        birth_date=BORN,
        by=coordinator,
    )
    found = candidates(family_name="Rivera", given_name="Ana José", birth_date=BORN)

    assert [c.patient for c in found] == [rivera, near]
    assert found[0].cases == [second, first]
    assert found[1].cases == []


def test_nobody_of_another_institution_is_found(institution, other_institution, coordinator):
    patients.add(record_number="S-1", family_name="Own", birth_date=BORN, by=coordinator)

    assert candidates(record_number="S-1")
    assert candidates(record_number="S-2", family_name="Strange", birth_date=BORN) == []


def test_the_price_does_not_grow_with_the_patients(rivera, coordinator, django_assert_num_queries):
    for number in range(8):
        patients.add(
            record_number=f"T-{number}",
            family_name="Rivera",
            given_name="Ana José",
            birth_date=BORN,
            by=coordinator,
        )
    with django_assert_num_queries(2):
        assert len(candidates(family_name="Rivera", given_name="Ana José", birth_date=BORN)) == 5


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("ana", "ana", False), ("ana", "anna", True), ("ana", "an", True), ("ana", "ane", True),
        ("ana", "naa", True), ("ana", "aan", True), ("ana", "nan", False), ("ana", "annan", False),
        ("", "a", True), ("", "", False), ("ab", "ba", True), ("abcd", "badc", False),
        ("abc", "xbd", False), ("ana", "bana", True),
    ],
)  # fmt: skip
def test_one_letter(one, other, differs):
    assert differs_in_one_letter(one, other) is differs
    assert differs_in_one_letter(other, one) is differs
