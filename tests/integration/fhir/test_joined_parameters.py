"""`_has` and composite parameters: what must be found elsewhere, and what together."""

import pytest

from cases.fhir.search import scan
from cases.models import Case
from tests.factories.clients import Machine, make_client
from tests.factories.restrictions import restricted
from tests.integration import once
from tests.integration.fhir.conftest import Program, ids_of, issues_of
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator
PANEL = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "component": [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg"},
        }
        for code, value in (("8480-6", 120), ("8462-4", 80))
    ],
}


@pytest.fixture(scope="module", autouse=True)
def record(institution, coordinator):
    """Two patients: the first has chromogranin of 120, the second of 95 and a panel."""
    server = server_of(institution, coordinator)
    found = {}
    for number, value in (("H-1", 120), ("H-2", 95)):
        person = server.made(
            samples.patient(
                number, name=[{"family": f"Person{value}"}], birthDate=f"19{value % 90:02}"
            )
        )
        subject = f"Patient/{person['id']}"
        server.made(samples.tumor(subject))
        found[number] = person["id"]
        found[value] = server.made(samples.chromogranin(subject, value))["id"]
    found["panel"] = server.made({**PANEL, "subject": {"reference": subject}})["id"]
    return found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("_has:Observation:patient:value-quantity=gt100", ["H-1"]),
        ("_has:Observation:subject:code=85354-9", ["H-2"]),
        ("_has:Observation:patient:code=85354-9&_has:Condition:patient:code=C25.4", ["H-2"]),
        ("_has:Condition:patient:code=C25.4", ["H-1", "H-2"]),
        ("_has:Observation:patient:code:not=85354-9", ["H-1", "H-2"]),
        ("_has:Observation:patient:code=nothing", []),
        ("_has:Observation:patient:patient.gender=female", ["H-1", "H-2"]),
        ("_has:Condition:patient:_has:Observation:focus:code=x", []),
    ],
)
def test_patients_are_found_by_what_refers_to_them(program, record, query, found):
    strict = {"prefer": "handling=strict"}
    assert ids_of(program.get(f"Patient?{query}", **strict)) == [record[each] for each in found]


@pytest.mark.parametrize(
    "query",
    [
        "_has:Observation:patient:shoe=1",
        "_has:Shoe:patient:code=1",
        "_has:Observation:code:code=1",
        "_has:Observation:specimen:code=1",
        "_has:Observation:patient=1",
        "_has=1",
        "_has:Observation:patient:_has:Observation:focus:_has:Observation:focus"
        ":_has:Observation:focus:code=1",
    ],
)
def test_what_refers_to_nothing_is_no_parameter(program, record, query):
    refused = program.get(f"Patient?{query}", prefer="handling=strict")
    assert refused.status_code == 400
    assert len(ids_of(program.get(f"Patient?{query}"))) == 2


def test_what_says_who_somebody_is_stands_in_no_address(program, record):
    refused = program.get("Patient?_has:Condition:patient:identifier=D-1")
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (400, "suppressed")
    found = program.search("Patient", "_has:Condition:patient:identifier=D-1")
    assert len(ids_of(found)) == 2


def test_who_may_not_search_the_other_type_finds_nobody(institution, coordinator, record):
    client = make_client(institution, coordinator, granted=["system/Patient.rs"])
    machine = Program("north", Machine(str(client.pk)).token(scope="system/Patient.rs"))
    assert ids_of(machine.get("Patient?_has:Condition:patient:code=C25.4")) == []


def test_restricted_rows_lead_nowhere(program_as, institution, coordinator, record):
    """ASVS v5.0.0-8.2.2."""
    with institution_scope(institution):
        restricted(Case.objects.get(patient=record["H-1"]), coordinator, by=coordinator)
    found = program_as("COORDINATOR").get("Patient?_has:Condition:patient:code=C25.4")
    assert ids_of(found) == [record["H-2"]]


def test_too_many_are_told_so(program, record, monkeypatch):
    monkeypatch.setattr("cases.fhir.search.chains.MOST", 1)
    refused = program.get("Patient?_has:Condition:patient:code=C25.4")
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (403, "too-costly")
    monkeypatch.setattr(scan, "MOST", 1)
    assert program.get("Patient?_has:Condition:patient:code=C25.4").status_code == 403


def test_a_condition_of_a_write_has_none(program, record):
    body = samples.patient("H-9")
    answer = program.ask("POST", "Patient", body, if_none_exist="_has:Condition:patient:code=C25.4")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("code-value-quantity=9811-1$gt100", [120]),
        ("code-value-quantity=http://loinc.org|9811-1$lt100", [95]),
        ("code-value-quantity=9811-1$gt100,9811-1$lt100", [120, 95]),
        ("code-value-quantity=8480-6$120", []),
        ("component-code-value-quantity=8480-6$120", ["panel"]),
        # Not the one's code with the other's value.
        ("component-code-value-quantity=8480-6$80", []),
        ("combo-code-value-quantity=8462-4$80,9811-1$95", [95, "panel"]),
        ("code-value-concept=9811-1$1", []),
    ],
)
def test_observations_are_found_by_a_code_with_its_value(program, record, query, found):
    wanted = {record[each] for each in found}
    assert set(ids_of(program.get(f"Observation?{query}"))) == wanted


@pytest.mark.parametrize(
    "query",
    [
        "code-value-quantity=9811-1",
        "code-value-quantity=9811-1$",
        "code-value-quantity=9811-1$1$2",
        "code-value-quantity=9811-1$x",
        "code-value-quantity:missing=true",
        "code-value-quantity:not=a$1",
        "_sort=code-value-quantity",
    ],
)
def test_a_composite_that_is_none_is_refused(program, record, query):
    refused = program.get(f"Observation?{query}")
    assert refused.status_code == 400
    issues_of(refused)
