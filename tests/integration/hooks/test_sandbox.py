"""Requests in the shapes of the specification's examples and of the public sandbox."""

import json
import time
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jws

from cases.services.hook_clients import Ways
from tests.factories.clients import ec_key
from tests.factories.hooks import (
    PATIENT_ID,
    SELECT,
    SIGN,
    VIEW,
    Ehr,
    bundle,
    diagnosis,
    make_ehr,
    patient,
)
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


SANDBOX = "https://sandbox.cds-hooks.org"
KID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"
JWKS = f"{SANDBOX}/.well-known/jwks.json"


class Sandbox:
    """The public sandbox as its source has it: a page that knows an address of discovery.

    It signs in the browser, asks each service below that address, and sends what it could prefetch
    itself. It sends a JWT to discovery too.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = Client(raise_request_exception=False)

    def token(self, audience: str) -> str:
        now = time.time()
        claims = {
            "iss": SANDBOX,
            "aud": audience,
            "exp": round(now + 300),
            "iat": round(now),
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": "ES384", "typ": "JWT", "kid": KID, "jku": JWKS}
        registry = jws.JWSRegistry(algorithms=["ES384"], strict_check_header=False)
        return jws.serialize_compact(header, json.dumps(claims), ec_key(KID), registry=registry)

    def ask(self, method: str, address: str, body=None):
        """The answer, as far as the browser lets the page read it."""
        wanted = "authorization" if body is None else "authorization,content-type"
        asked = {
            "origin": SANDBOX,
            "access-control-request-method": method,
            "access-control-request-headers": wanted,
        }
        path = address.removeprefix("http://localhost:8000")
        allowed = self.browser.options(path, headers=asked)
        assert allowed.status_code == 204
        assert allowed["Access-Control-Allow-Origin"] == SANDBOX
        assert set(wanted.split(",")) <= set(
            allowed["Access-Control-Allow-Headers"].replace(" ", "").split(",")
        )
        answer = self.browser.generic(
            method,
            path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={
                "origin": SANDBOX,
                "accept": "application/json",
                "authorization": f"Bearer {self.token(address)}",
            },
        )
        assert answer["Access-Control-Allow-Origin"] in (SANDBOX, "*")
        return answer

    def call(self, hook: str, prefetched=None, **context):
        """The answers of every service of a hook that discovery names."""
        found = self.ask("GET", self.address).json()["services"]
        request = {
            "hookInstance": str(uuid.uuid4()),
            "hook": hook,
            "fhirServer": "https://launch.smarthealthit.org/v/r4/fhir",
            "context": {
                "patientId": PATIENT_ID,
                "userId": "Practitioner/COREPRACTITIONER1",
                **context,
            },
        }
        if prefetched:
            request["prefetch"] = prefetched
        return [
            self.ask("POST", f"{self.address}/{one['id']}", request)
            for one in found
            if one["hook"] == hook
        ]


@pytest.fixture
def sandbox(institution, administrator) -> Sandbox:
    ways = Ways(SANDBOX, origins=[SANDBOX])
    client = make_ehr(institution, administrator, key=ec_key(KID), ways=ways)
    with institution_scope(institution):
        # Its keys are at its own address, and known.
        rows = clients.ApiClient.objects.filter(pk=client.pk)
        rows.update(jwks_uri=JWKS, keys_fetched_at=timezone.now())
    return Sandbox("http://localhost:8000/cds-services/north")


def of_pama(coding):
    """The draft of the sandbox's imaging screen; nothing is chosen at first."""
    return {
        "selections": ["ServiceRequest/example-request-id"],
        "draftOrders": {
            "resourceType": "Bundle",
            "entry": [
                {
                    "resource": {
                        "resourceType": "ServiceRequest",
                        "id": "example-request-id",
                        "status": "draft",
                        "intent": "plan",
                        "code": {"coding": [coding]},
                        "subject": {"reference": f"Patient/{PATIENT_ID}"},
                        "reasonCode": [],
                    }
                }
            ],
        },
    }


def of_medicine(name: str, whose: str):
    """The draft of its screens of medicines, in R4 and in DSTU 2."""
    order = {
        "resourceType": name,
        "id": "request-123",
        "status": "draft",
        whose: {"reference": f"Patient/{PATIENT_ID}"},
    }
    return {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]}}


KNOWN = {"patient": patient(), "conditions": bundle(diagnosis())}
FDG_PET = {"system": "http://snomed.info/sct", "code": "443271005"}
MEDICINES = [("MedicationRequest", "subject"), ("MedicationOrder", "patient")]


def test_the_sandbox_shows_what_comes_next(sandbox: Sandbox):
    [answer] = sandbox.call("patient-view", KNOWN)
    [card] = answer.json()["cards"]
    assert card["summary"].startswith("Not enough data")


def test_the_sandbox_shows_what_an_imaging_order_lacks_and_tells_of_it(
    sandbox: Sandbox, surveilled, institution
):
    known = {**KNOWN, "patient": patient(surveilled.patient.record_number)}
    [answer] = sandbox.call("order-select", known, **of_pama(FDG_PET))
    [card] = answer.json()["cards"]
    told = {
        "card": card["uuid"],
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
        "outcomeTimestamp": "2026-11-22T10:05:31.123Z",
    }
    feedback = f"{sandbox.address}/{SELECT}/feedback"
    assert sandbox.ask("POST", feedback, {"feedback": [told]}).status_code == 200
    dismissed = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-22T10:06:00.000Z",
        "overrideReason": {"reason": {"code": "patient_wish"}},
    }
    assert sandbox.ask("POST", feedback, {"feedback": [dismissed]}).status_code == 200


@pytest.mark.parametrize("coding", [{}, {"system": "http://www.ama-assn.org/go/cpt", "code": "1"}])
def test_an_order_of_the_sandbox_that_says_nothing_to_us_is_left_alone(sandbox: Sandbox, coding):
    [answer] = sandbox.call("order-select", KNOWN, **of_pama(coding))
    assert answer.json() == {"cards": []}


@pytest.mark.parametrize(("name", "whose"), MEDICINES)
def test_its_medicines_are_left_alone(sandbox: Sandbox, name, whose):
    selected = {"selections": [f"{name}/request-123"], **of_medicine(name, whose)}
    [answer] = sandbox.call("order-select", KNOWN, **selected)
    assert answer.json() == {"cards": []}
    [answer] = sandbox.call("order-sign", KNOWN, **of_medicine(name, whose))
    assert answer.json() == {"cards": []}


@pytest.mark.parametrize(
    ("hook", "context"),
    [
        ("patient-view", {}),
        ("order-select", of_pama(FDG_PET)),
        ("order-sign", of_medicine("MedicationRequest", "subject")),
    ],
)
def test_without_prefetch_the_sandbox_reads_what_is_missing(sandbox: Sandbox, hook, context):
    """It opens no FHIR server, so there is nothing to ask back."""
    [answer] = sandbox.call(hook, **context)
    assert answer.status_code == 412
    assert "Patient" in answer.json()["detail"]
