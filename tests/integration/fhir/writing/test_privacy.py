"""What was kept of a patient is hidden with them and erased with them."""

import pytest

from cases.models import Case, Erasure, FhirDocument, FhirIdentifier, Patient
from cases.services import erasures
from tests.factories.restrictions import restricted
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_a_restricted_patients_documents_are_there_for_nobody_else(
    server, institution, coordinator, chair, ada, her_tumor
):
    """HIPAA 164.312(a)(1): what came in by FHIR is restricted with the record."""
    said = server.made(samples.pain(ada))
    with institution_scope(institution):
        restricted(Case.objects.get(), coordinator, by=coordinator)
    path = f"/Observation/{said['id']}"
    others = server_of(institution, chair)
    assert server.get(path).status_code == 200
    assert others.get(path).status_code == 404
    assert others.get("/Observation?code=72514-3").json().get("entry", []) == []


def test_erasure_destroys_what_was_kept(server, institution, coordinator, ada, her_tumor):
    """ASVS v5.0.0-14.2.7: no document of an erased patient can be read again."""
    subject = her_tumor["subject"]["reference"]
    value, alone = server.made(samples.chromogranin(subject)), server.made(samples.pain(ada))
    elsewhere = server.made(
        samples.pain("https://ehr.example/fhir/Patient/7", note=[{"text": "Lovelace, Ada B."}])
    )
    other = server.made(samples.pain("https://ehr.example/fhir/Patient/8"))
    with institution_scope(institution):
        erasures.erase(
            patient=Patient.objects.get(),
            record_number="H-100",
            reason="The patient asked for it.",
            by=coordinator,
        )
        assert erasures.faults_of(Erasure.objects.get()) == []
        kept = FhirDocument.objects.get()
        assert kept.resource_id == other["id"]
        assert not FhirIdentifier.objects.exists()
        past = FhirDocument.pgh_event_model.objects.exclude(patient=None)
        assert past.exists()
        assert {entry.document for entry in past} == {""}
    assert "Lovelace" not in server.get(f"/{ada}").content.decode()
    for gone in (alone, elsewhere):
        assert server.get(f"/Observation/{gone['id']}").status_code in (404, 410)
        old = server.get(f"/Observation/{gone['id']}/_history/1")
        assert old.status_code in (404, 410)
    assert server.post("/Observation", samples.pain(ada)).status_code == 409
    left = server.get(f"/Observation/{value['id']}")
    assert server.put(f"/Observation/{value['id']}", left.json()).status_code in (409, 422)
    assert "L-1" not in left.content.decode()


def test_documents_are_sealed(server, institution, ada):
    """ASVS v5.0.0-14.2.4: encryption as documented: nothing of a document is to be read."""
    server.made(samples.pain(ada, note=[{"text": "Canary note"}]))
    with institution_scope(institution):
        rows = list(FhirDocument.objects.values("about_patient", "about_nobody"))
        tokens = list(FhirIdentifier.objects.values_list("token", flat=True))
    whole = b"".join(
        bytes(value) for row in rows for value in row.values() if value is not None
    ) + b"".join(bytes(token) for token in tokens)
    assert whole
    for plain in (b"Canary", b"H-100", b"INS-", b"Lovelace"):
        assert plain not in whole
