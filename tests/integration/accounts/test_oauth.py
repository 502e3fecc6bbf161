"""The token endpoint: what it takes, what it answers, and what it says about itself."""

import datetime
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from tests.factories.clients import ASSERTION_TYPE, Machine, make_client
from tumorboard.accounts import access_tokens, scopes
from tumorboard.accounts.client_models import AccessToken, ApiClient, RateCount, SpentAssertion
from tumorboard.accounts.secret import hash_of
from tumorboard.celery import app
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def machine(institution, administrator) -> Machine:
    return Machine(str(make_client(institution, administrator).pk))


def error(answer) -> str:
    assert answer.status_code == 400, answer.content
    assert answer["Cache-Control"] == "no-store"
    assert answer["Pragma"] == "no-cache"
    return answer.json()["error"]


def test_a_token_is_short_lived_and_kept_as_a_hash(machine, institution, actions):
    """ASVS v5.0.0-10.4.11: a token holds what was asked for of what is registered; SMART's form."""
    answer = machine.ask(scope="system/Patient.rs")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    secret = body.pop("access_token")
    assert body == {"token_type": "bearer", "expires_in": 300, "scope": "system/Patient.rs"}
    assert secret.startswith("tba_")
    with institution_scope(institution):
        token = AccessToken.objects.get()
        client = ApiClient.objects.select_related("user").get()
    assert token.secret_hash == hash_of(secret)
    assert token.expires_at - token.created_at == datetime.timedelta(minutes=5)
    assert client.last_used_at is not None
    assert actions()[-1] == ("client.authenticated", client.user)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": "urn:ietf:params:oauth:x"}, "invalid_request"),
        ({"client_assertion": None}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "system/Patient.d"}, "invalid_scope"),
        ({"scope": "system/ImagingStudy.rs"}, "invalid_scope"),
        ({"scope": "patient/Patient.rs"}, "invalid_scope"),
        ({"scope": "system/Patient.read"}, "invalid_scope"),
        ({"scope": " system/Patient.rs"}, "invalid_scope"),
        ({"scope": 'system/Patient.rs "'}, "invalid_scope"),
        ({"scope": "system/Patient.rs\x00"}, "invalid_scope"),
    ],
)
def test_what_is_wrong_is_said_as_oauth_says_it(machine, fields, code):
    """ASVS v5.0.0-10.4.4: one grant, and no scope beyond what is registered (RFC 6749, 5.2)."""
    assert error(machine.ask(**fields)) == code


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("system/Patient.r", "system/Patient.r"),
        ("system/*.cruds", "system/Patient.rs system/Condition.rs"),
        ("system/Patient.crs openid system/Nothing.rs", "system/Patient.rs"),
        ("system/Patient.s system/Patient.r", "system/Patient.rs"),
    ],
)
def test_more_than_is_registered_is_narrowed_and_said(machine, asked, granted):
    """ASVS v5.0.0-10.3.2: scopes never grow beyond the registered ones."""
    assert machine.ask(scope=asked).json()["scope"] == granted


def test_a_parameter_given_twice_is_refused(machine):
    """ASVS v5.0.0-15.3.7: no parameter counts more than once (RFC 6749, 3.2)."""
    for name in ("scope", "client_assertion", "grant_type", "other"):
        body = urlencode(machine.form(other="x")) + f"&{name}=system%2FPatient.rs"
        assert error(machine.post(body)) == "invalid_request"


@pytest.mark.parametrize(
    "body", [b"\xff\xfe=1", "a=%ff", "&".join(f"n{i}=1" for i in range(99)), "x" * 20_000, ""]
)
def test_a_body_that_is_none_is_refused(machine, body):
    """ASVS v5.0.0-2.2.1: rubbish and length are refused before anything is parsed."""
    assert error(machine.post(body)) == "invalid_request"


def test_the_body_is_a_form_and_the_address_holds_nothing(machine):
    """ASVS v5.0.0-14.2.1: nothing that proves a client stands in an address."""
    assert error(machine.post("{}", content_type="application/json")) == "invalid_request"
    query = urlencode(machine.form())
    answer = machine.browser.post(f"/api/v1/i/north/oauth/token?{query}")
    assert error(answer) == "invalid_request"
    assert machine.browser.get("/api/v1/i/north/oauth/token").status_code == 405


def test_a_client_proves_itself_in_one_way(machine):
    """RFC 6749, 2.3: no more than one way in one request."""
    body = urlencode(machine.form())
    answer = machine.post(body, headers={"authorization": "Basic eDp5"})
    assert error(answer) == "invalid_request"
    assert machine.ask(client_id=machine.client_id).status_code == 200
    other = machine.ask(client_id="somebody-else")
    assert (other.status_code, other.json()["error"]) == (401, "invalid_client")


def test_no_cookie_is_asked_for_or_given(machine):
    """ASVS v5.0.0-3.5.1: a client's proof is in the body, so no other site can borrow it."""
    machine.browser.handler.enforce_csrf_checks = True
    answer = machine.ask()
    assert answer.status_code == 200
    assert not answer.cookies


def test_discovery_tells_the_truth_about_every_address_alike(client, institution):
    """SMART App Launch: .well-known/smart-configuration names what is done here, and no more."""
    found = client.get("/api/v1/i/north/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == "http://localhost:8000/api/v1/i/north/oauth/token"
    assert found["grant_types_supported"] == ["client_credentials"]
    assert found["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert found["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert "authorization_endpoint" not in found
    assert scopes.granted_by(" ".join(found["scopes_supported"])) == scopes.EVERYTHING
    nowhere = client.get("/api/v1/i/nowhere/.well-known/smart-configuration")
    assert nowhere.content.decode() == (
        client.get("/api/v1/i/north/.well-known/smart-configuration")
        .content.decode()
        .replace("north", "nowhere")
    )


def test_the_form_is_smarts(machine):
    """SMART Backend Services: the assertion's type is RFC 7523's."""
    assert machine.form()["client_assertion_type"] == ASSERTION_TYPE


def test_what_is_over_is_swept(machine, institution, settings):
    """ASVS v5.0.0-14.2.7: tokens, spent assertions and counts are not kept when they are over."""
    machine.token()
    machine.token()
    with institution_scope(institution):
        past = timezone.now() - datetime.timedelta(hours=2)
        first = AccessToken.objects.order_by("id").first()
        AccessToken.objects.filter(pk=first.pk).update(expires_at=past)
        spent = SpentAssertion.objects.order_by("id").first()
        SpentAssertion.objects.filter(pk=spent.pk).update(expires_at=past)
    RateCount.objects.create(key="x" * 64, began_at=past, count=3)
    planned = settings.CELERY_BEAT_SCHEDULE["api_clients.sweep"]
    app.loader.import_default_modules()
    app.tasks[planned["task"]]()
    with institution_scope(institution):
        assert AccessToken.objects.count() == SpentAssertion.objects.count() == 1
    assert RateCount.objects.count() == 1
    assert datetime.timedelta(minutes=5) == access_tokens.LIFETIME
