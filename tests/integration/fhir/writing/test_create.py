"""What comes in becomes rows where it can, and is kept as it came."""

import json
from decimal import Decimal

import pytest

from cases.fhir.formats import LONGEST
from cases.models import Case, FactAnswer, FhirDocument, LabResult, Patient
from cases.services import lab_results
from tests.factories.people import add_member
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import issues, server_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_a_patient_becomes_a_row_and_comes_back_as_sent(server, institution):
    sent = samples.patient(active=True)
    answer = server.post("/Patient", sent)
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert answer["ETag"] == f'W/"{said["meta"]["versionId"]}"'
    assert answer["Location"].endswith(
        f"/Patient/{said['id']}/_history/{said['meta']['versionId']}"
    )
    with institution_scope(institution):
        row = Patient.objects.get()
        assert (row.record_number, row.family_name, row.given_name) == (
            "H-100",
            "Lovelace",
            "Ada B.",
        )
        assert str(row.pk) == said["id"]
    read = server.get(f"/Patient/{said['id']}").json()
    assert read == said
    for name in ("identifier", "name", "telecom", "birthDate", "gender"):
        assert read[name] == sent[name]


def test_a_tumor_opens_a_case_with_the_facts_that_its_code_says(server, institution, ada):
    said = server.made(samples.tumor(ada))
    with institution_scope(institution):
        case = Case.objects.get()
        assert case.title == "NET of the pancreatic tail"
        assert f"Patient/{case.patient_id}" == ada
        assert FactAnswer.objects.get(fact="primary_site").value == "pancreas"
    assert said["id"] == str(case.pk)
    assert said["identifier"] == samples.tumor(ada)["identifier"]


def test_a_laboratory_value_becomes_a_row_of_the_patients_only_case(server, institution, her_tumor):
    subject = her_tumor["subject"]["reference"]
    body = samples.chromogranin(subject, value=0)
    sent = json.dumps(body).replace('{"value": 0,', '{"value": 120.50,')
    answer = server.post("/Observation", sent)
    assert answer.status_code == 201, answer.content
    assert b'"value":120.50' in answer.content
    with institution_scope(institution):
        row = LabResult.objects.get()
        assert (row.analyte, row.value, row.unit) == ("chromogranin_a", Decimal("120.5"), "ng/mL")
        assert str(row.case_id) == her_tumor["id"]
    assert answer.json()["effectiveDateTime"] == "2026-03-02T08:15:00+01:00"
    assert answer.json()["note"] == [{"text": "Fasting."}]


def test_what_has_no_row_is_kept_and_belongs_to_its_patient(server, institution, ada):
    said = server.made(samples.pain(ada))
    with institution_scope(institution):
        kept = FhirDocument.objects.get(resource_type="Observation")
        assert kept.stands_alone
        assert f"Patient/{kept.patient_id}" == ada
    read = server.get(f"/Observation/{said['id']}").json()
    assert {name: read[name] for name in samples.pain(ada)} == samples.pain(ada)


def test_what_could_not_be_read_is_told_to_who_asks(server, ada):
    answer = server.post("/Observation", samples.pain(ada), prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert issues(answer)
    assert server.post("/Observation", samples.pain(ada), prefer="return=minimal").content == b""


def test_a_page_that_changes_the_row_wins_over_what_came(
    server, institution, coordinator, her_tumor
):
    subject = her_tumor["subject"]["reference"]
    said = server.made(samples.chromogranin(subject))
    with institution_scope(institution):
        lab_results.change(lab_result=LabResult.objects.get(), value=Decimal(130), by=coordinator)
    read = server.get(f"/Observation/{said['id']}").json()
    assert read["valueQuantity"]["value"] == 130
    assert read["note"] == said["note"]
    assert int(read["meta"]["versionId"]) > int(said["meta"]["versionId"])


def test_a_reference_to_what_is_not_here_is_refused(server, ada):
    gone = "Patient/01999999-0000-7000-8000-000000000000"
    answer = server.post("/Observation", samples.pain(gone))
    assert answer.status_code == 422
    assert issues(answer) == [("not-found", "Observation.subject.reference")]


def test_a_reference_to_another_system_is_kept(server):
    elsewhere = "https://ehr.example/fhir/Patient/7"
    said = server.made(samples.pain(elsewhere))
    assert said["subject"] == {"reference": elsewhere}


def test_a_reference_to_another_institutions_patient_is_one_to_nobody(
    server, other_institution, institution
):
    theirs = add_member(other_institution, "COORDINATOR", email="s@south.example", name="S")
    other = server_of(other_institution, theirs).made(samples.patient())
    answer = server.post("/Observation", samples.pain(f"Patient/{other['id']}"))
    assert answer.status_code == 422
    with institution_scope(institution):
        assert not FhirDocument.objects.exists()


def test_a_patient_like_one_who_is_here_is_refused(server, ada):
    answer = server.post("/Patient", samples.patient(number="H-200"))
    assert answer.status_code == 409
    assert issues(answer)[0][0] == "duplicate"


def test_a_patient_who_is_only_contained_is_not_opened(server, institution):
    inner = {**samples.patient(), "id": "p"}
    said = server.made(samples.pain("#p", contained=[inner]))
    assert said["contained"] == [inner]
    with institution_scope(institution):
        assert not Patient.objects.exists()


def test_a_patient_without_a_number_is_refused(server, institution):
    bare = {name: value for name, value in samples.patient().items() if name != "identifier"}
    answer = server.post("/Patient", bare)
    assert answer.status_code == 422
    assert issues(answer) == [("required", "Patient.identifier")]
    with institution_scope(institution):
        assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "structure"),
        (b"[]", 400, "structure"),
        (b'"text"', 400, "structure"),
        (b'{"resourceType": "Observation", "resourceType": "Patient"}', 400, "structure"),
        (b'{"resourceType": "Observation", "status": NaN}', 400, "structure"),
        (b"[" * 60 + b"]" * 60, 400, "structure"),
        (b'{"resourceType": "Robot"}', 400, "structure"),
        (b'{"resourceType": "Observation"}', 400, "required"),
        (b'{"resourceType": "Patient"}', 400, "invalid"),
        (b'{"resourceType": "Observation", "status": "final", "code": {}}', 400, "structure"),
        (
            b'{"resourceType": "Observation", "status": "odd", "code": {"text": "x"}}',
            422,
            "code-invalid",
        ),
    ],
)
def test_what_is_no_observation_is_refused_and_nothing_written(
    server, institution, body, status, code
):
    answer = server.post("/Observation", body)
    assert answer.status_code == status, answer.content
    assert code in {each for each, _ in issues(answer)}
    with institution_scope(institution):
        assert not FhirDocument.objects.exists()


def test_a_body_that_is_too_long_is_refused(server, institution):
    answer = server.post("/Observation", b'"' + b"x" * LONGEST + b'"')
    assert answer.status_code == 413
    assert issues(answer)[0][0] == "too-long"


def test_a_type_that_the_board_makes_is_not_written(server):
    answer = server.post("/CarePlan", {"resourceType": "CarePlan"})
    assert answer.status_code in (403, 405)
    assert server.post("/Robot", {}).status_code == 404


def test_every_write_is_in_the_audit(server, institution, her_tumor):
    with institution_scope(institution):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"patient.added", "case.opened", "fhir_document.added"} <= actions


def test_who_may_not_write_writes_nothing(institution, administrator):
    answer = server_of(institution, administrator).post("/Patient", samples.patient())
    assert answer.status_code == 403
    with institution_scope(institution):
        assert not Patient.objects.exists()
