"""A patient who seems to be here already is added only once somebody says it is another one."""

import pytest

from cases.models import Patient
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

HERE = {
    "record_number": "N-1",
    "family_name": "Example",
    "given_name": "Alex",
    "birth_date": "1968-05-02",
}


def test_a_possible_duplicate_is_a_conflict_that_can_be_overruled(script):
    first = script.post("patients/", HERE).json()
    again = {**HERE, "record_number": "N-2", "family_name": "Exemple"}
    answer = script.post("patients/", again)

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == "urn:tumorboard:problem:possible-duplicate"
    assert body["candidates"] == [
        {
            "patient": first["id"],
            "likeness": "the same date of birth, and a name that differs in one letter",
        }
    ]
    with institution_scope(script.institution):
        assert Patient.objects.count() == 1

    assert script.post("patients/", {**again, "confirmed_new": False}).status_code == 409
    added = script.post("patients/", {**again, "confirmed_new": True})
    assert added.status_code == 201
    assert "confirmed_new" not in added.json()


def test_the_same_name_alone_is_no_conflict(script):
    nameless_day = {**HERE, "birth_date": None}
    assert script.post("patients/", nameless_day).status_code == 201
    assert script.post("patients/", {**nameless_day, "record_number": "N-2"}).status_code == 201


def test_a_taken_record_number_is_no_matter_of_confirming(script):
    script.post("patients/", HERE)
    answer = script.post("patients/", {**HERE, "confirmed_new": True})

    assert answer.status_code == 422


@pytest.mark.parametrize("word", ["yes", 1, None])
def test_it_is_confirmed_by_true_alone(script, word):
    answer = script.post("patients/", {**HERE, "confirmed_new": word})
    assert answer.status_code == 422
