"""`$validate` tells everything and writes nothing."""

import pytest

from cases.models import FhirDocument, LabResult, Patient, UnmappedCode
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import issues
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_a_good_resource_is_told_so_and_not_written(server, institution):
    answer = server.post("/Patient/$validate", samples.patient())
    assert answer.status_code == 200
    assert {each["severity"] for each in answer.json()["issue"]} == {"information"}
    with institution_scope(institution):
        assert not Patient.objects.exists()
        assert not FhirDocument.objects.exists()
        assert not UnmappedCode.objects.exists()


def test_faults_are_told_with_200(server):
    answer = server.post("/Observation/$validate", {"resourceType": "Observation", "status": "odd"})
    assert answer.status_code == 200
    assert ("code-invalid", "Observation.status") in issues(answer)
    assert ("required", "Observation.code") in issues(answer)


def test_parameters_hold_a_resource_and_a_mode(server, ada):
    parameters = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "mode", "valueCode": "create"},
            {"name": "resource", "resource": samples.pain("Patient/none")},
        ],
    }
    answer = server.post("/Observation/$validate", parameters)
    assert ("not-found", "Observation.subject.reference") in issues(answer)
    empty = {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "odd"}]}
    assert server.post("/Observation/$validate", empty).status_code == 400


def test_of_an_instance_the_id_is_judged(server, institution, her_tumor):
    made = server.made(samples.chromogranin(her_tumor["subject"]["reference"]))
    path = f"/Observation/{made['id']}/$validate"
    assert issues(server.post(path, {**made, "id": "other"})) == [("invalid", "Observation.id")]
    assert server.post("/Observation/none/$validate", made).status_code == 404
    with institution_scope(institution):
        assert LabResult.objects.count() == 1
