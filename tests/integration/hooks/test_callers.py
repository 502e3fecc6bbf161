"""Who may ask: JWTs as the specification has them, of registered issuers, once."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from cases.models import HookCard
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.clients import ec_key, rsa_key
from tests.factories.hooks import SELECT, VIEW, Ehr, call, make_ehr
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tumorboard.accounts import clients
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def status(ehr: Ehr, token: str, service: str = SELECT) -> int:
    answer = ehr.post(service, call(service), token=token)
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example/cds-services/x"},
        {"aud": None},
        {"exp": NOW - 60, "iat": NOW - 120},
        {"exp": None},
        {"exp": NOW + 3600},
        {"iat": None},
        {"iat": NOW + 3600},
        {"jti": None},
        {"jti": ""},
        {"iss": "https://unknown.example/"},
        {"iss": None},
        {"iss": 7},
        {"iss": "https://ehr.north.example/\0"},
    ],
)
def test_a_jwt_with_other_claims_is_refused(ehr: Ehr, claims):
    """ASVS v5.0.0-9.2.1, ASVS v5.0.0-9.2.3: only within its time and for this audience."""
    assert status(ehr, ehr.jwt(ehr.claims(**claims))) == 401


def test_a_jwt_counts_once(ehr: Ehr):
    token = ehr.jwt(ehr.claims())
    assert ehr.post(SELECT, call(), token=token).status_code == 200
    assert status(ehr, token) == 401


def test_a_jwt_is_spent_by_a_call_that_was_refused(ehr: Ehr):
    token = ehr.jwt(ehr.claims())
    assert ehr.post(SELECT, "{}", token=token).status_code == 422
    assert status(ehr, token) == 401


def test_a_jwt_for_one_service_opens_no_other(ehr: Ehr):
    token = ehr.jwt(ehr.claims(SELECT))
    assert status(ehr, token, VIEW) == 401


def test_no_algorithm_but_that_of_the_registered_key_counts(ehr: Ehr):
    """ASVS v5.0.0-9.1.2: neither none nor an HMAC with the public key."""
    claims = json.dumps(ehr.claims()).encode()
    public = json.dumps(ec_key().as_dict(private=False)).encode()
    pem = ec_key().as_pem(private=False)
    for secret, algorithm in ((public, "HS256"), (pem, "HS256"), (pem, "HS384")):
        head = {"alg": algorithm, "kid": ec_key().kid, "typ": "JWT"}
        signed = f"{b64(json.dumps(head).encode())}.{b64(claims)}"
        digest = hashlib.sha256 if algorithm == "HS256" else hashlib.sha384
        mac = hmac.new(secret, signed.encode(), digest).digest()
        assert status(ehr, f"{signed}.{b64(mac)}") == 401
    head = {"alg": "none", "kid": ec_key().kid, "typ": "JWT"}
    assert status(ehr, f"{b64(json.dumps(head).encode())}.{b64(claims)}.") == 401


def test_only_registered_keys_count(ehr: Ehr):
    """ASVS v5.0.0-9.1.3: a header cannot bring a key; test_clients has what places it may name."""
    assert status(ehr, ehr.jwt(ehr.claims(), kid="other")) == 401
    assert status(ehr, ehr.jwt(ehr.claims(), jwk=ec_key("evil").as_dict(private=False))) == 401
    assert status(Ehr(key=ec_key("evil")), Ehr(key=ec_key("evil")).jwt(ehr.claims())) == 401


def test_rs384_is_taken(institution, administrator):
    make_ehr(institution, administrator, key=rsa_key())
    ehr = Ehr(key=rsa_key())
    assert ehr.post(SELECT, call()).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "tb_1234", "é.é.é"])
def test_what_is_no_jwt_is_refused(ehr: Ehr, token):
    assert status(ehr, token.encode().decode("latin-1")) == 401


def test_a_client_that_is_disabled_asks_no_more(ehr: Ehr, institution, administrator):
    with institution_scope(institution):
        clients.disable(client=clients.ApiClient.objects.get(label="EHR"), by=administrator)
    assert status(ehr, ehr.jwt(ehr.claims())) == 401


def test_without_the_scope_there_are_no_cards(institution, administrator):
    make_ehr(institution, administrator, granted=["system/Patient.rs"])
    assert Ehr().post(SELECT, call()).status_code == 403


def test_a_service_that_there_is_not_is_not_told_to_strangers(ehr: Ehr):
    assert status(ehr, "x", SELECT) == 401
    answer = ehr.browser.post("/cds-services/north/none", "{}", content_type="application/json")
    assert answer.status_code == 401


def test_an_ehr_knows_nothing_of_another_institution(
    ehr: Ehr, surveilled, other_institution, institution
):
    """ASVS v5.0.0-8.4.1: neither its JWT nor a record number leads across."""
    people = {
        role: add_member(other_institution, role, email=f"{role}@south.example", name=role)
        for role in ("ADMINISTRATOR", "COORDINATOR")
    }
    assert status(Ehr(slug="south"), Ehr(slug="south").jwt(ehr.claims())) == 401
    make_ehr(other_institution, people["ADMINISTRATOR"], issuer="https://ehr.south.example/")
    south = Ehr(slug="south", issuer="https://ehr.south.example/")
    number = surveilled.patient.record_number
    assert south.cards(SELECT, call(record_number=number)) == []
    assert ehr.cards(SELECT, call(record_number=number)) != []
    with institution_scope(other_institution):
        assert not HookCard.objects.exists()
        case = make_case(by=people["COORDINATOR"], **SURVEILLANCE)
    assert ehr.cards(SELECT, call(record_number=f"X-{case.patient.record_number}")) == []


def test_a_restricted_case_does_not_shine_through(
    ehr: Ehr, surveilled, institution, administrator, coordinator
):
    number = surveilled.patient.record_number
    with institution_scope(institution):
        restricted(surveilled, coordinator, by=coordinator)
    assert ehr.cards(SELECT, call(record_number=number)) == []


def test_who_asks_too_often_waits(institution, administrator):
    make_ehr(institution, administrator, requests_per_minute=10)
    ehr = Ehr()
    answers = [ehr.post(SELECT, call()).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
