"""API clients that keep their public keys at an address of their own."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from joserfc.jwk import ECKey, RSAKey

from tests.factories.clients import Machine, ec_key, make_client, public, rsa_key
from tumorboard.accounts import clients, key_sets
from tumorboard.accounts.client_models import AccessToken, ApiClient
from tumorboard.accounts.errors import KeysElsewhere
from tumorboard.accounts.rate_limits import Limit
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


class Address:
    """Where a client keeps its keys; `text` stands there."""

    def __init__(self) -> None:
        self.text = public(ec_key())
        self.asked = 0
        self.uri = ""


@pytest.fixture
def address() -> Iterator[Address]:
    found = Address()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked += 1
            self.send_response(200 if found.text else 500)
            self.end_headers()
            self.wfile.write(found.text.encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.uri = f"http://127.0.0.1:{server.server_port}/keys"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(settings, address) -> None:
    hosts = [address.uri.removesuffix("/keys")]
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": hosts}})


def registered(institution, administrator, uri: str) -> ApiClient:
    with institution_scope(institution):
        return clients.register(
            label="RIS",
            jwks_uri=uri,
            granted=["system/Patient.rs"],
            requests_per_minute=600,
            by=administrator,
        )


@pytest.fixture
def machine(allowed, institution, administrator, address) -> Machine:
    return Machine(str(registered(institution, administrator, address.uri).pk))


def as_if_older(institution, minutes: int) -> None:
    with institution_scope(institution):
        client = ApiClient.objects.get()
        client.keys_fetched_at -= timedelta(minutes=minutes)
        client.save(update_fields=["keys_fetched_at"])


def test_its_key_is_read_once_and_proves_it(machine, address, actions):
    """ASVS v5.0.0-10.4.16: clients prove themselves with a private key (private_key_jwt)."""
    assert machine.ask().status_code == 200
    assert machine.ask().status_code == 200
    assert address.asked == 1
    assert "client.keys.fetched" in [action for action, _ in actions()]


def test_a_new_key_works_at_once_and_ends_the_tokens_of_one_that_is_gone(
    machine, address, institution
):
    machine.ask()
    address.text, machine.key = public(rsa_key()), rsa_key()
    assert machine.ask().status_code == 200
    with institution_scope(institution):
        assert AccessToken.objects.count() == 1
    machine.key = ec_key()
    assert machine.ask().status_code == 401


@pytest.mark.parametrize("text", ["", "[]", "no json", '{"keys": 1}', '{"keys": []}'])
def test_an_address_that_says_nothing_closes_the_door(machine, address, institution, text):
    """ASVS v5.0.0-16.5.3: a stolen key lives on no longer for an address that is kept silent."""
    machine.ask()
    address.text = text
    as_if_older(institution, 14)
    assert machine.ask().status_code == 200
    as_if_older(institution, 2)
    assert machine.ask().status_code == 401


def test_strangers_cannot_let_it_be_asked_without_end(machine, address, monkeypatch):
    """ASVS v5.0.0-2.4.1: what makes the server ask elsewhere is bounded."""
    monkeypatch.setattr(key_sets, "MOST_A_MINUTE", Limit("key-set", 2))
    machine.key = ECKey.generate_key("P-384", {"kid": "unknown"})
    for _ in range(4):
        assert machine.ask().status_code == 401
    assert address.asked == 2


def test_what_may_not_sign_is_left_aside_and_a_private_key_spoils_all(
    machine, address, monkeypatch
):
    """ASVS v5.0.0-11.2.3: keys below 128 bits of security sign nothing."""
    monkeypatch.setattr(key_sets, "MOST_A_MINUTE", Limit("key-set", 9))
    weak = RSAKey.generate_key(2048, {"kid": "weak"})
    good = json.loads(public(ec_key()))["keys"]
    address.text = json.dumps({"keys": [*good, weak.as_dict(private=False), "no key"]})
    assert machine.ask().status_code == 200
    machine.key = weak
    assert machine.ask().status_code == 401
    machine.key = rsa_key()
    address.text = json.dumps({"keys": [rsa_key().as_dict(private=True)]})
    assert machine.ask().status_code == 401


@pytest.mark.parametrize(
    "uri",
    [
        "https://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/keys",
        "file:///etc/passwd",
        "https://id.north.example@evil.example/keys",
    ],
)
def test_no_address_is_registered_that_the_operator_does_not_allow(
    allowed, institution, administrator, uri
):
    """ASVS v5.0.0-13.2.4: the server asks only what the operator allows."""
    with pytest.raises(ValidationError, match="operator"):
        registered(institution, administrator, uri)


def test_what_the_operator_allows_no_more_is_not_asked(machine, address, settings):
    """ASVS v5.0.0-13.2.4: the list counts when it is asked, not when it is registered."""
    settings.IDENTITY_PROVIDERS = ""
    assert machine.ask().status_code == 401
    assert address.asked == 0


def test_its_header_chooses_no_other_address(machine, address, institution, administrator):
    """ASVS v5.0.0-9.1.3: a token names no source of keys but the one that is registered."""
    assert machine.ask(machine.assertion(header={"jku": address.uri})).status_code == 200
    foreign = machine.assertion(header={"jku": "https://evil.example/keys"})
    assert machine.ask(foreign).status_code == 401
    plain = Machine(str(make_client(institution, administrator).pk))
    assert plain.ask(plain.assertion(header={"jku": address.uri})).status_code == 401


def test_its_keys_are_changed_there_and_not_here(machine, institution, administrator):
    machine.ask()
    with institution_scope(institution):
        client = ApiClient.objects.get()
        with pytest.raises(KeysElsewhere):
            clients.remove_key(client=client, kid=client.keys[0]["kid"], by=administrator)
        with pytest.raises(ValidationError):
            clients.add_keys(client=client, jwks=public(rsa_key()), by=administrator)


def test_an_administrator_registers_it_by_its_address(
    allowed, client, institution, administrator, address
):
    client.force_login(administrator)
    page = reverse("client_register", args=["north"])
    given = {
        "label": "RIS",
        "granted": ["system/Patient.rs"],
        "requests_per_minute": 600,
        "jwks_uri": address.uri,
    }
    both = client.post(page, {**given, "jwks": public(ec_key())})
    assert "not both" in both.content.decode()
    elsewhere = client.post(page, {**given, "jwks_uri": "https://evil.example/keys"})
    assert "does not let it ask there" in elsewhere.content.decode()
    shown = client.post(page, given, follow=True).content.decode()
    assert address.uri in shown
    assert "not read yet" in shown
    assert "Add a key" not in shown
    with institution_scope(institution):
        known = ApiClient.objects.get()
    form = {"kid": "any"}
    removed = client.post(reverse("client_key_remove", args=["north", known.pk]), form, follow=True)
    assert "its own address" in removed.content.decode()
