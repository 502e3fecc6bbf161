"""An EHR in front of the services of CDS Hooks: it signs, asks, and has patients and orders."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from joserfc import jws
from joserfc.jwk import RSAKey

from cases.hooks.catalogue import SERVICES, address_of
from cases.services import hook_clients
from cases.services.hook_clients import Ways
from tests.factories.clients import ec_key, make_client
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

ISSUER = "https://ehr.north.example/"
SELECT, SIGN, VIEW = "pnet-imaging-select", "pnet-imaging-sign", "pnet-imaging-patient"
GRANTED = ["system/GuidanceResponse.rs"]
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
PATIENT_ID = "1288992"
FDG = {"system": SNOMED, "code": "443271005"}
CT = {"system": LOINC, "code": "36813-4"}
TUMOR = {"system": SNOMED, "code": "254612002"}
LUNG = {"system": SNOMED, "code": "254637007"}


def make_ehr(
    institution: Institution,
    by: User,
    *,
    issuer: str = ISSUER,
    key: Any = None,
    fhir_server: str = "",
    ways: Ways | None = None,
    granted: list[str] | None = None,
    **more: Any,
) -> ApiClient:
    """A client that may ask by CDS Hooks."""
    key = key or ec_key()
    client = make_client(institution, by, key, granted=granted or GRANTED, label="EHR", **more)
    with institution_scope(institution):
        ways = ways or Ways(issuer, fhir_server=fhir_server)
        hook_clients.register(client=client, ways=ways, by=by)
    return client


@dataclass
class Ehr:
    """One EHR."""

    slug: str = "north"
    issuer: str = ISSUER
    key: Any = field(default_factory=ec_key)
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def claims(self, service: str = SELECT, *, feedback: bool = False, **other: Any) -> Any:
        """The claims of a good JWT; None takes one out."""
        now = int(time.time())
        given = {
            "iss": self.issuer,
            "aud": address_of(self.slug, SERVICES[service], feedback=feedback),
            "exp": now + 240,
            "iat": now,
            "jti": uuid.uuid4().hex,
            **other,
        }
        return {name: value for name, value in given.items() if value is not None}

    def jwt(self, claims: dict[str, Any], **header: Any) -> str:
        """A signed JWT."""
        algorithm = "RS384" if isinstance(self.key, RSAKey) else "ES384"
        head = {"alg": algorithm, "kid": self.key.kid, "typ": "JWT", **header}
        registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        return jws.serialize_compact(head, json.dumps(claims), self.key, registry=registry)

    def post(self, service: str, body: Any, *, token: str | None = None, end: str = "") -> Any:
        """The answer to any body; `token` is a good one where none is given."""
        good = token is None
        if good:
            token = self.jwt(self.claims(service, feedback=bool(end)))
        return self.browser.post(
            f"/cds-services/{self.slug}/{service}{end}",
            body if isinstance(body, bytes | str) else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )

    def cards(self, service: str, body: Any) -> list[dict[str, Any]]:
        """The cards; checks what every card must have."""
        answer = self.post(service, body)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["cards"]
        for card in found:
            assert 0 < len(card["summary"]) < 140
            assert card["indicator"] in ("info", "warning", "critical")
            assert card["source"]["label"]
            assert card["source"]["url"].startswith("http")
            assert card["source"]["topic"]["code"] == "2026.1"
            assert None not in card.values()
            assert "" not in card.values()
            assert [] not in card.values()
            assert ("suggestions" in card) == ("selectionBehavior" in card)
        return found


def patient(record_number: str = "", **more: Any) -> dict[str, Any]:
    """A Patient as an EHR has them."""
    found: dict[str, Any] = {
        "resourceType": "Patient",
        "id": PATIENT_ID,
        "active": True,
        "gender": "female",
        "birthDate": "1968-03-01",
        **more,
    }
    if record_number:
        kind = {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]
        }
        found["identifier"] = [{"type": kind, "system": "urn:north", "value": record_number}]
    return found


def order(code: dict[str, Any] = FDG, *, key: str = "order-1", **more: Any) -> dict[str, Any]:
    """A draft order of an examination."""
    return {
        "resourceType": "ServiceRequest",
        "id": key,
        "status": "draft",
        "intent": "order",
        "code": {"coding": [code]},
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
        "requester": {"reference": "Practitioner/example"},
        **more,
    }


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """What a search finds."""
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def diagnosis(code: dict[str, Any] = TUMOR, **more: Any) -> dict[str, Any]:
    """A Condition."""
    return {
        "resourceType": "Condition",
        "id": "tumor",
        "code": {"coding": [code]},
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
        **more,
    }


def call(
    service: str = SELECT,
    *,
    record_number: str = "",
    orders: Sequence[dict[str, Any]] = (),
    prefetch: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A call in the shape of the specification's examples."""
    hook = SERVICES[service].hook
    context: dict[str, Any] = {
        "userId": "Practitioner/example",
        "patientId": PATIENT_ID,
        "encounterId": "89284",
    }
    if hook != "patient-view":
        drafts = list(orders) or [order()]
        entries = [{"resource": one} for one in drafts]
        context["draftOrders"] = {"resourceType": "Bundle", "entry": entries}
        if hook == "order-select":
            context["selections"] = [f"{one['resourceType']}/{one['id']}" for one in drafts]
    return {
        "hookInstance": str(uuid.uuid4()),
        "hook": hook,
        "context": context,
        "prefetch": {"patient": patient(record_number), **(prefetch or {})},
        **more,
    }
