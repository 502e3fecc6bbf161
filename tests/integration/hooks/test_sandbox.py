"""Requests in the shapes of the specification's examples and of the public sandbox."""

import time
import uuid

import pytest

from tests.factories.hooks import PATIENT_ID, SELECT, SIGN, VIEW, Ehr, make_ehr, patient
from tumorboard.accounts import clients
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

NUTRITION = {
    "resourceType": "NutritionOrder",
    "id": "pureeddiet-simple",
    "status": "draft",
    "patient": {"reference": f"Patient/{PATIENT_ID}"},
    "dateTime": "2014-09-17",
    "orderer": {"reference": "Practitioner/example", "display": "Dr Adam Careful"},
}
MEDICATION = {
    "resourceType": "MedicationRequest",
    "id": "smart-MedicationRequest-103",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "617993"}]
    },
    "subject": {"reference": f"Patient/{PATIENT_ID}"},
}
DRAFTS = {"resourceType": "Bundle", "entry": [{"resource": NUTRITION}, {"resource": MEDICATION}]}


def body(hook: str, **context):
    return {
        "hookInstance": str(uuid.uuid4()),
        "hook": hook,
        "fhirServer": "https://launch.smarthealthit.org/v/r4/fhir",
        "context": {
            "userId": "PractitionerRole/123",
            "patientId": PATIENT_ID,
            "encounterId": "89284",
            **context,
        },
        "prefetch": {"patient": patient()},
        "extension": {"com.example.timestamp": "2017-11-27T22:13:25Z"},
    }


@pytest.mark.parametrize(
    ("service", "asked"),
    [
        (VIEW, body("patient-view")),
        (
            SELECT,
            body(
                "order-select",
                selections=[
                    "NutritionOrder/pureeddiet-simple",
                    "MedicationRequest/smart-MedicationRequest-103",
                ],
                draftOrders=DRAFTS,
            ),
        ),
        (SIGN, body("order-sign", draftOrders=DRAFTS)),
    ],
)
def test_the_examples_are_answered(ehr: Ehr, service, asked):
    assert ehr.cards(service, asked) == []


def test_the_sandbox_is_known_by_its_jwt(institution, administrator):
    """Its JWT lives for 300 seconds, rounded, and says again where its keys are."""
    issuer = "https://sandbox.cds-hooks.org"
    client = make_ehr(institution, administrator, issuer=issuer)
    sandbox = Ehr(issuer=issuer)
    claims = sandbox.claims(VIEW, exp=round(time.time() + 301), jti=str(uuid.uuid4()))
    answer = sandbox.post(VIEW, body("patient-view"), token=sandbox.jwt(claims))
    assert answer.status_code == 200
    with institution_scope(institution):
        jku = "https://sandbox.cds-hooks.org/.well-known/jwks.json"
        clients.ApiClient.objects.filter(pk=client.pk).update(jwks_uri=jku)
        refused = sandbox.jwt(sandbox.claims(VIEW), jku="https://other.example/jwks.json")
    assert sandbox.post(VIEW, body("patient-view"), token=refused).status_code == 401
