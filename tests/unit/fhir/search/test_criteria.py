"""One parameter, asked of a resource."""

import pytest

from cases.fhir.search.criteria import among, read_criterion
from cases.fhir.search.definitions import parameters
from cases.fhir.search.paths import values_at

BASE = "https://x.example/fhir/north"
PATIENT = {
    "resourceType": "Patient",
    "id": "7",
    "gender": "female",
    "name": [{"family": "Example", "given": ["Alex"]}, {"text": "Lex"}],
    "telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "a@b.example"}],
    "birthDate": "1968-05-02",
}
OBSERVATION = {
    "resourceType": "Observation",
    "subject": {"reference": "Patient/7"},
    "effectivePeriod": {"start": "2026-01-01", "end": "2026-01-02"},
    "component": [{"valueQuantity": {"value": 5, "code": "mm"}}],
}


def asks(resource, name: str, text: str) -> bool:
    code, _, modifier = name.partition(":")
    parameter = parameters(resource["resourceType"])[code]
    return read_criterion(name, parameter, modifier, text, base=BASE)(resource)


@pytest.mark.parametrize(
    ("name", "text", "is_found"),
    [
        ("gender", "female", True),
        ("gender", "male,female", True),
        ("gender:not", "male", True),
        ("gender:not", "female", False),
        ("gender:missing", "false", True),
        ("death-date:missing", "true", True),
        ("death-date:missing", "false", False),
        ("name", "lex", True),
        ("given:exact", "Alex", True),
        ("family:contains", "AMP", True),
        ("phone", "1", True),
        ("phone", "a@b.example", False),
        ("email", "a@b.example", True),
        ("birthdate", "lt1970", True),
        ("deceased", "false", True),
        ("_id", "7,8", True),
    ],
)
def test_a_patient_is_found(name, text, is_found):
    assert asks(PATIENT, name, text) is is_found


def test_who_has_died_is_told_by_either_form():
    assert asks({**PATIENT, "deceasedDateTime": "2020"}, "deceased", "true")
    assert asks({**PATIENT, "deceasedBoolean": False}, "deceased", "false")


@pytest.mark.parametrize(
    ("name", "text", "is_found"),
    [
        ("subject", "7", True),
        ("patient", "Patient/7", True),
        ("subject:Patient", "7", True),
        ("subject:Group", "7", False),
        ("date", "2026-01", True),
        ("component-value-quantity", "5||mm", True),
        ("value-quantity:missing", "true", True),
        ("subject:identifier", "7", False),
    ],
)
def test_an_observation_is_found(name, text, is_found):
    assert asks(OBSERVATION, name, text) is is_found


def test_any_of_several_references_will_do():
    parameter = parameters("Observation")["subject"]
    wanted = frozenset({("Patient", "7"), ("Patient", "9")})
    assert among(parameter, wanted, base=BASE)(OBSERVATION)
    assert not among(parameter, frozenset(), base=BASE)(OBSERVATION)


def test_a_path_selects_by_a_value():
    telecom = values_at(PATIENT, ["telecom[system=email].value"])
    assert telecom == ["a@b.example"]
    assert values_at(PATIENT, ["name.family", "name.text"]) == ["Example", "Lex"]
    assert values_at(OBSERVATION, ["effective[x]"]) == [OBSERVATION["effectivePeriod"]]
    assert values_at({"a": [None, 1, {"b": 2}]}, ["a.b"]) == [2]
