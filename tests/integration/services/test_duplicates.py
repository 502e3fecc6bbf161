"""A patient who seems to be here already is refused, unless somebody has looked."""

import datetime

import pytest

from cases.models import Patient
from cases.services import patients
from cases.services.duplicates import PossibleDuplicate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

ANA = {
    "family_name": "Rivera",
    "given_name": "Ana",
    "birth_date": datetime.date(1961, 4, 3),
}


def test_nobody_is_added_twice_unless_it_is_confirmed(coordinator):
    here = patients.add(record_number="A-1", **ANA, by=coordinator)

    with pytest.raises(PossibleDuplicate) as refused:
        patients.add(record_number="A-2", **ANA, is_confirmed=False, by=coordinator)
    assert [found.patient for found in refused.value.candidates] == [here]
    assert Patient.objects.count() == 1

    patients.add(record_number="A-2", **ANA, is_confirmed=True, by=coordinator)
    assert Patient.objects.count() == 2


def test_a_name_alone_refuses_nobody(coordinator):
    unknown = {**ANA, "birth_date": None}
    for number in ("A-1", "A-2"):
        patients.add(record_number=number, **unknown, is_confirmed=False, by=coordinator)

    assert Patient.objects.count() == 2
