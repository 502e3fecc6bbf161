"""Who Patients are."""

import datetime

import pytest

from cases.readings.fhir import read
from cases.readings.reading import Identifier, Kind
from tests.unit.readings.fhir.resources import TABLES, concept, resource

MR = concept(f"{TABLES}/v2-0203", "MR")
NUMBER = {"use": "usual", "type": MR, "system": "urn:oid:1.2.3", "value": "4711"}


def patient(**elements):
    """A Patient."""
    return resource("Patient", subject=None, **elements)


def values(given):
    """The columns that are read of a patient."""
    return dict(read(given).readings[0].values)


def reasons(given):
    """Why something was not read."""
    return [one.reason for one in read(given).unread]


def test_a_patient():
    given = patient(
        identifier=[{"system": "urn:insurance", "value": "X9"}, NUMBER],
        name=[
            {"use": "maiden", "family": "Arendt"},
            {"use": "official", "family": "Berger", "given": ["Clara", "Maria"]},
        ],
        gender="female",
        birthDate="1961-04-05",
    )

    (reading,) = read(given).readings
    assert reading.values == {
        "record_number": "4711",
        "family_name": "Berger",
        "given_name": "Clara Maria",
        "birth_date": datetime.date(1961, 4, 5),
        "sex": "female",
    }
    assert reading.subject == "Patient/1"
    assert reading.identifiers == (
        Identifier("urn:insurance", "X9"),
        Identifier("urn:oid:1.2.3", "4711", "MR"),
    )
    assert reasons(given) == ["Another name is taken."]


def test_a_patient_of_whom_little_is_known():
    given = patient(name=[{"text": "Clara Berger"}], gender="unknown", birthDate="1961")

    assert values(given) == {}
    assert reasons(given) == [
        "There is no record number.",
        "Family name and given name are not told apart.",
        "Only the year is given, and a day is needed here.",
    ]


def test_the_only_number_is_the_record_number():
    assert values(patient(identifier=[{"value": "4711"}])) == {"record_number": "4711"}


def test_of_several_numbers_none_is_guessed():
    given = patient(identifier=[{"value": "1"}, {"value": "2"}, {"system": "x"}])

    assert values(given) == {}
    assert reasons(given)[:2] == [
        "It has no value.",
        "Several identifiers are given, and none is marked as the record number (type MR).",
    ]


@pytest.mark.parametrize(
    ("gender", "sex"), [("male", "male"), ("other", "unspecified"), ("diverse", None)]
)
def test_sex(gender, sex):
    assert values(patient(gender=gender)).get("sex") == sex


def test_a_former_name_alone_is_no_name():
    assert values(patient(name=[{"use": "old", "family": "Arendt", "given": [5]}])) == {}


def test_a_record_that_is_no_longer_in_use():
    assert "This record is no longer in use." in reasons(patient(active=False))


@pytest.mark.parametrize("kind", ["replaced-by", "replaces"])
def test_two_records_of_one_person(kind):
    other = {"identifier": {"system": "urn:oid:1.2.3", "value": "12"}}
    given = patient(identifier=[NUMBER], link=[{"other": other, "type": kind}])

    merge = read(given).readings[1]
    here, there = Identifier("urn:oid:1.2.3", "4711", "MR"), Identifier("urn:oid:1.2.3", "12")
    prior, surviving = (here, there) if kind == "replaced-by" else (there, here)
    assert merge.kind is Kind.MERGE
    assert merge.values == {"prior": (prior,), "surviving": (surviving,)}


def test_a_record_by_its_address():
    other = {"reference": "Patient/9"}
    given = patient(identifier=[NUMBER], link=[{"other": other, "type": "replaces"}])

    assert read(given).readings[1].values["prior"] == (Identifier("", "Patient/9"),)


@pytest.mark.parametrize(
    "link", [{"other": {"reference": "Patient/9"}, "type": "seealso"}, {"type": "replaces"}]
)
def test_a_link_that_merges_nothing(link):
    given = patient(identifier=[NUMBER], link=[link])

    assert len(read(given).readings) == 1
    assert "A link to another record of this person; it merges nothing." in reasons(given)
