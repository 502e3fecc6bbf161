"""Registering and ending API clients, in the browser."""

import html
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories.clients import Machine, ec_key, make_client, public, rsa_key
from tests.factories.people import add_member
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.tokens import issue
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

ADDRESS = "/i/north/clients/"
REGISTER = f"{ADDRESS}register/"


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


def typed(**other) -> dict:
    return {
        "label": "RIS interface",
        "granted": ["system/Patient.rs", "system/Patient.c"],
        "requests_per_minute": "60",
        "jwks": public(ec_key()),
        **other,
    }


def only(institution) -> ApiClient:
    with institution_scope(institution):
        return ApiClient.objects.select_related("user").get()


def mailed(institution) -> list[str]:
    with institution_scope(institution):
        return [message.payload["to"] for message in OutboxMessage.objects.filter(topic="mail")]


def test_a_client_is_registered_and_works(browser, institution, administrator, actions):
    """ASVS v5.0.0-10.4.11: an administrator gives a client the scopes that it needs, by name."""
    assert "No system is registered." in text(browser.get(ADDRESS))
    page = browser.post(REGISTER, typed(), follow=True)
    client = only(institution)
    assert str(client.pk) in text(page)
    assert "http://localhost:8000/api/v1/i/north/oauth/token" in text(page)
    assert client.scopes == "system/Patient.crs"
    assert client.registered_by == administrator
    assert actions()[-1] == ("client.registered", administrator)
    assert Machine(str(client.pk)).ask(scope="system/Patient.r").status_code == 200
    shown = text(browser.get(ADDRESS))
    assert "RIS interface" in shown
    assert "in use" in shown


def test_keys_come_in_a_file_too(browser, institution):
    file = SimpleUploadedFile("keys.json", public(rsa_key()).encode())
    browser.post(REGISTER, typed(jwks="", file=file))
    assert only(institution).keys[0]["kid"] == "rsa-1"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 81}, "at most 80"),
        ({"granted": []}, "Choose at least one thing"),
        ({"granted": ["system/*.cruds"]}, "Select a valid choice"),
        ({"requests_per_minute": "9"}, "greater than or equal to 10"),
        ({"requests_per_minute": "6001"}, "less than or equal to 6000"),
        ({"jwks": ""}, "Paste the public keys"),
        ({"jwks": "{}"}, "kid"),
        ({"file": SimpleUploadedFile("k", b"{}")}, "not both"),
        ({"jwks": "", "file": SimpleUploadedFile("k", b"\xff\xfe")}, "not text in UTF-8"),
        ({"jwks": "", "file": SimpleUploadedFile("k", b" " * 50_001)}, "too long"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(browser, institution, wrong, reason):
    response = browser.post(REGISTER, typed(**wrong))
    assert response.status_code == 422
    assert reason in text(response)
    with institution_scope(institution):
        assert not ApiClient.objects.exists()


def test_the_other_administrators_are_told(institution, administrator):
    """ASVS v5.0.0-6.3.7: a new way to patients' data is told to those who answer for it."""
    add_member(institution, "ADMINISTRATOR", email="bo@north.example", name="Bo")
    add_member(institution, "COORDINATOR", email="cy@north.example", name="Cy")
    make_client(institution, administrator)
    assert mailed(institution) == ["bo@north.example"]
    with institution_scope(institution):
        body = OutboxMessage.objects.get().payload["body"]
    assert f"/i/north/clients/{only(institution).pk}/" in body
    assert "RIS" not in body


def test_what_it_may_do_is_changed(browser, institution, administrator, actions):
    client = make_client(institution, administrator)
    address = f"{ADDRESS}{client.pk}/"
    assert 'value="600"' in text(browser.get(address))
    data = {"granted": ["system/Condition.rs"], "requests_per_minute": "10"}
    assert browser.post(f"{address}access/", data).status_code == 302
    changed = only(institution)
    assert (changed.scopes, changed.requests_per_minute) == ("system/Condition.rs", 10)
    assert actions()[-1][0] == "client.access.set"
    with institution_scope(institution):
        assert ApiClient.events.rel.related_model.objects.count() == 2
    refused = browser.post(f"{address}access/", {"requests_per_minute": "10"})
    assert refused.status_code == 422
    assert "Choose at least one thing" in text(refused)


def test_keys_are_added_and_removed(browser, institution, administrator, actions):
    client = make_client(institution, administrator)
    address = f"{ADDRESS}{client.pk}/keys/"
    assert "Two keys" in text(browser.post(address, {"jwks": public(ec_key())}))
    assert "Paste the public keys" in text(browser.post(address, {}))
    assert browser.post(address, {"jwks": public(rsa_key())}).status_code == 302
    assert [key["kid"] for key in only(institution).keys] == ["ec-1", "rsa-1"]
    browser.post(f"{address}remove/", {"kid": "nothing"})
    shown = browser.post(f"{address}remove/", {"kid": "ec-1"}, follow=True)
    assert "The key is removed" in text(shown)
    browser.post(f"{address}remove/", {"kid": "rsa-1"})
    assert "It has no key, so it gets no token." in text(browser.get(f"{ADDRESS}{client.pk}/"))
    assert "has no key" in text(browser.get(ADDRESS))
    assert [name for name, _ in actions()][1:] == [
        "client.key.added",
        "client.key.removed",
        "client.key.removed",
    ]


def test_no_more_keys_than_a_change_needs(browser, institution, administrator):
    client = make_client(institution, administrator, *(ec_key(f"ec-{n}") for n in range(10)))
    answer = browser.post(f"{ADDRESS}{client.pk}/keys/", {"jwks": public(ec_key("one more"))})
    assert answer.status_code == 422
    assert "At most 10 keys" in text(answer)


def test_a_client_is_disabled_for_good(browser, institution, administrator, actions):
    client = make_client(institution, administrator)
    address = f"{ADDRESS}{client.pk}/"
    assert "its tokens are over" in text(browser.post(f"{address}disable/", follow=True))
    assert only(institution).disabled_at is not None
    assert actions()[-1] == ("client.disabled", administrator)
    assert "disabled" in text(browser.get(ADDRESS))
    assert "Add a key" not in text(browser.get(address))
    for path, data in [
        ("disable/", {}),
        ("keys/remove/", {"kid": "ec-1"}),
        ("keys/", {"jwks": public(rsa_key())}),
        ("access/", {"granted": ["system/Patient.rs"], "requests_per_minute": "10"}),
    ]:
        answer = browser.post(address + path, data, follow=True)
        assert "This client is disabled" in text(answer), path


@pytest.mark.parametrize("role", ["COORDINATOR", "BOARD_CHAIR", "CLINICIAN"])
def test_nobody_else_sees_clients(client, institution, administrator, role):
    """ASVS v5.0.0-8.2.1: clients are the administrators' alone."""
    known = make_client(institution, administrator)
    client.force_login(add_member(institution, role, email="x@north.example", name="X"))
    for path in ("", "register/", "tokens/", f"{known.pk}/"):
        assert client.get(ADDRESS + path).status_code == 403


def test_another_institutions_client_is_not_there(browser, other_institution):
    """ASVS v5.0.0-8.4.1: another institution's client is as good as missing."""
    by = add_member(other_institution, "ADMINISTRATOR", email="s@s.example", name="S")
    theirs = make_client(other_institution, by)
    for key in (theirs.pk, uuid.uuid4()):
        assert browser.get(f"{ADDRESS}{key}/").status_code == 404
        for path in ("access/", "keys/", "keys/remove/", "disable/"):
            assert browser.post(f"{ADDRESS}{key}/{path}").status_code == 404


def test_an_administrator_sees_and_ends_tokens_of_people(
    browser, institution, coordinator, administrator, actions
):
    """ASVS v5.0.0-10.4.9: tokens are ended by who answers for them."""
    with institution_scope(institution):
        token, secret = issue(user=coordinator, label="My script", days=9, by=coordinator)
    shown = text(browser.get(f"{ADDRESS}tokens/"))
    assert "My script" in shown
    assert coordinator.email in shown
    assert secret not in shown
    after = browser.post(f"{ADDRESS}tokens/{token.pk}/revoke/", follow=True)
    assert "Nobody has a token." in text(after)
    assert actions()[-1] == ("token.revoked", administrator)
    with institution_scope(institution):
        assert ApiToken.objects.get().revoked_at is not None
