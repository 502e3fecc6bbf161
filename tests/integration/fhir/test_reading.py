"""Read, vread, history: one resource, as it is and as it was."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.fhir.found import named
from cases.models import LabResult, Patient
from cases.services import lab_results, patients
from tests.factories.cases import make_case
from tests.factories.clients import Machine, make_client
from tests.factories.people import add_member
from tests.integration.fhir.conftest import Program, issues_of, link_of, program_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(institution, coordinator) -> Patient:
    """One who was first called otherwise."""
    with institution_scope(institution):
        found = patients.add(
            record_number="N-0001", family_name="First", given_name="Alex", by=coordinator
        )
        return patients.change(patient=found, family_name="Second", by=coordinator)


def test_a_patient_is_read_with_its_version(program, patient, audited):
    answer = program.get(f"Patient/{patient.pk}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["id"] == str(patient.pk)
    assert body["name"] == [{"use": "official", "family": "Second", "given": ["Alex"]}]
    assert body["identifier"][0]["value"] == "N-0001"
    assert body["meta"]["versionId"] == "2"
    assert answer["ETag"] == 'W/"2"'
    assert answer["Last-Modified"]
    assert answer["Content-Type"] == "application/fhir+json"
    (entry,) = audited()
    assert (entry.action, entry.subject_id, entry.patient_id) == (
        "fhir.read",
        patient.pk,
        patient.pk,
    )


def test_a_former_version_is_read(program, patient):
    answer = program.get(f"Patient/{patient.pk}/_history/1")
    assert answer.status_code == 200, answer.content
    assert answer.json()["name"][0]["family"] == "First"
    assert answer["ETag"] == 'W/"1"'
    for version in ("0", "3", "x"):
        missing = program.get(f"Patient/{patient.pk}/_history/{version}")
        assert missing.status_code == 404
        issues_of(missing)


def test_the_history_has_the_newest_first(program, patient):
    body = program.get(f"Patient/{patient.pk}/_history").json()
    assert body["type"] == "history"
    said = [
        (each["request"]["method"], each["response"]["etag"], each["resource"]["name"][0]["family"])
        for each in body["entry"]
    ]
    assert said == [("PUT", 'W/"2"', "Second"), ("POST", 'W/"1"', "First")]


def test_a_history_has_pages(program, patient):
    first = program.get(f"Patient/{patient.pk}/_history?_count=1")
    assert [each["response"]["etag"] for each in first.json()["entry"]] == ['W/"2"']
    second = program.get(link_of(first))
    assert [each["response"]["etag"] for each in second.json()["entry"]] == ['W/"1"']
    assert link_of(second) is None
    elsewhere = link_of(first).partition("?")[2]
    assert program.get(f"Patient/_history?{elsewhere}").status_code == 400


def test_a_history_begins_where_it_is_asked_to(program, patient):
    later = program.get(f"Patient/{patient.pk}/_history?_since=2100-01-01T00:00:00Z")
    assert "entry" not in later.json()
    assert program.get("Patient/_history?_since=yesterday").status_code == 400
    assert program.get("Patient/_history?_count=0").status_code == 400


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("if_none_match", 'W/"2"', 304),
        ("if_none_match", '"2"', 304),
        ("if_none_match", "*", 304),
        ("if_none_match", 'W/"1", W/"2"', 304),
        ("if_none_match", 'W/"1"', 200),
        ("if_none_match", "nonsense", 200),
        ("if_modified_since", "Fri, 01 Jan 2100 00:00:00 GMT", 304),
        ("if_modified_since", "Fri, 01 Jan 2010 00:00:00 GMT", 200),
        ("if_modified_since", "nonsense", 200),
    ],
)
def test_who_has_this_version_is_told_so(program, patient, header, value, status):
    answer = program.get(f"Patient/{patient.pk}", **{header: value})
    assert answer.status_code == status
    assert answer["ETag"] == 'W/"2"'
    assert bool(answer.content) == (status == 200)


def test_parts_are_sent_where_they_are_asked_for(program, patient):
    summary = program.get(f"Patient/{patient.pk}?_summary=true&_pretty=true")
    assert b"\n" in summary.content
    assert summary.json()["meta"]["tag"][0]["code"] == "SUBSETTED"
    named = program.get(f"Patient/{patient.pk}?_elements=gender").json()
    assert set(named) == {"resourceType", "id", "meta", "gender"}
    assert program.get(f"Patient/{patient.pk}?_summary=some").status_code == 400
    assert program.get(f"Patient/{patient.pk}?_pretty=maybe").status_code == 400


def test_what_was_deleted_is_gone_and_its_history_stays(program, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator)
        row = lab_results.add(
            case=case, analyte="alp", value=77, unit="U/L", taken_on=timezone.localdate(),
            by=coordinator,
        )  # fmt: skip
        key = row.pk
        lab_results.remove(lab_result=row, by=coordinator)
        assert not LabResult.objects.filter(pk=key).exists()
    answer = program.get(f"Observation/{key}")
    assert answer.status_code == 410, answer.content
    assert issues_of(answer)[0]["code"] == "deleted"
    history = program.get(f"Observation/{key}/_history").json()["entry"]
    assert [each["request"]["method"] for each in history] == ["DELETE", "POST"]
    assert "resource" not in history[0]
    assert history[1]["resource"]["valueQuantity"]["value"] == 77
    assert program.get(f"Observation/{key}/_history/2").status_code == 410
    assert program.get(f"Observation/{key}/_history/1").status_code == 200
    listed = program.get("Observation/_history").json()["entry"]
    assert [each["request"]["method"] for each in listed][:2] == ["DELETE", "POST"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Patient/{id}", 404),
        ("Patient/x", 404),
        ("Patient/{id}-ki67", 404),
        ("Patient/{id}/_history", 404),
        ("Patient/{id}/_history/1", 404),
        ("Patient/{id}/$everything", 404),
        ("Patient/{id}/$meta", 404),
        ("Patient/" + "x" * 65, 404),
        ("Shoe", 404),
        ("Shoe/1", 404),
        ("Shoe/_history", 404),
        ("patient", 404),
        ("Patient/", 404),
        ("Patient/a%00b", 404),
        ("Observation/{id}-", 404),
        ("Provenance/patient-999999999999999999999", 404),
        ("Provenance/patient-1", 404),
        ("PlanDefinition/nothing", 404),
        ("PlanDefinition/nothing/_history", 404),
    ],
)
def test_nothing_is_a_plain_answer(program, path, status):
    answer = program.get(path.format(id=uuid.uuid4()))
    assert answer.status_code == status, answer.content
    issues_of(answer)


def test_another_institutions_patient_is_as_good_as_missing(program, other_institution):
    """ASVS v5.0.0-8.4.1."""
    stranger = add_member(other_institution, "COORDINATOR", email="s@south.example", name="Sam")
    with institution_scope(other_institution):
        theirs = patients.add(record_number="S-1", family_name="Canary", by=stranger)
    for path in (
        "Patient/{}",
        "Patient/{}/_history",
        "Patient/{}/_history/1",
        "Patient/{}/$everything",
    ):
        foreign, missing = (program.get(path.format(key)) for key in (theirs.pk, uuid.uuid4()))
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert program_of(other_institution, stranger).get(f"Patient/{theirs.pk}").status_code == 200


def test_who_may_read_no_case_reads_nothing(program_as, patient, audited):
    """ASVS v5.0.0-8.2.1."""
    program = program_as("ADMINISTRATOR")
    audited()
    for path in (
        f"Patient/{patient.pk}",
        "Patient",
        "Patient/_history",
        f"Patient/{patient.pk}/$everything",
    ):
        answer = program.get(path)
        assert answer.status_code == 403
        assert issues_of(answer)[0]["code"] == "forbidden"
    assert audited() == []


def test_nobody_without_a_token_comes_in(client, patient):
    answer = client.get(f"/fhir/north/Patient/{patient.pk}")
    assert answer.status_code == 401
    assert issues_of(answer)[0]["code"] == "login"
    assert answer["WWW-Authenticate"] == "Bearer"
    for address in ("/fhir/nowhere/Patient", "/fhir/north/Shoe", "/fhir/north"):
        assert client.get(address).status_code == 401
    outside = client.get("/fhir/")
    assert outside.status_code == 404
    issues_of(outside)


def test_methods_that_mean_nothing_are_refused(program):
    for method, path in (
        ("OPTIONS", "Patient"),
        ("PUT", "_history"),
    ):
        answer = program.ask(method, path)
        assert answer.status_code == 405, (method, path)
        issues_of(answer)


def test_a_scope_opens_its_type_and_no_other(institution, administrator, patient):
    """ASVS v5.0.0-10.3.2: the scope decides, by type and by what is done with it."""
    client = make_client(institution, administrator, granted=["system/Patient.r"])
    machine = Program("north", Machine(str(client.pk)).token(scope="system/Patient.r"))
    assert machine.get(f"Patient/{patient.pk}").status_code == 200
    assert machine.get(f"Patient/{patient.pk}/_history").status_code == 200
    for path in (
        "Patient",
        "Patient/_history",
        f"Condition/{patient.pk}",
        "AuditEvent",
        "Observation",
    ):
        assert machine.get(path).status_code == 403, path
    assert machine.search("Patient", "name=x").status_code == 403
    everything = machine.get(f"Patient/{patient.pk}/$everything")
    types = {each["resource"]["resourceType"] for each in everything.json()["entry"]}
    assert types == {"Patient", "OperationOutcome"}
    assert "entry" not in machine.get("_history").json()
    assert machine.ask("PUT", f"Patient/{patient.pk}", {}).status_code == 403


def test_what_one_source_gave_no_further_one_is_asked_for(institution, coordinator):
    with institution_scope(institution):
        patient = make_case(by=coordinator).patient
        with CaptureQueriesContext(connection) as asked:
            (found,) = named("Patient", [str(patient.pk)])
        assert found.row == patient
        # What was kept beside the row, and no documents that stand alone.
        assert sum('FROM "cases_fhirdocument"' in each["sql"] for each in asked) == 1
