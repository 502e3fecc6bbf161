"""A record number that looks like another one is none."""

import pytest

from cases.models import Patient
from cases.services import patients
from cases.services.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.mark.parametrize(
    "number",
    [
        "A-1\u200b",
        "A\u200d-1",
        "\u200cA-1",
        "\u202e1-A",
        "A\ufeff-1",
        "A-1\u00ad",
        "A\u2066-1",
        "A\x07-1",
    ],
)
def test_letters_that_nobody_sees_make_no_second_patient(coordinator, number):
    patients.add(record_number="A-1", by=coordinator)
    with pytest.raises(Invalid) as caught:
        patients.add(record_number=number, by=coordinator)
    assert caught.value.errors == {"record_number": [patients.INVISIBLE]}
    assert Patient.objects.count() == 1


def test_joiners_stay_where_a_script_needs_them(coordinator):
    number = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert patients.add(record_number=number, by=coordinator).record_number == number
