"""Forged, stolen and stale assertions: who signed is the only question, and asked once."""

import base64
import hmac
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from tests.factories.clients import Machine, ec_key, make_client, public, rsa_key
from tests.factories.people import add_member, make_institution
from tumorboard.accounts import clients
from tumorboard.accounts.client_models import AccessToken, ApiClient, SpentAssertion
from tumorboard.accounts.smart import token_address
from tumorboard.tenancy.scope import institution_scope

NOBODY = "The assertion proves no client of this institution."


@pytest.fixture
def machine(institution, administrator) -> Machine:
    return Machine(str(make_client(institution, administrator, ec_key(), rsa_key()).pk))


def refused(answer) -> str:
    """Why the token endpoint says no; checks the form of RFC 6749."""
    assert answer.status_code == 401
    body = answer.json()
    assert body["error"] == "invalid_client"
    assert set(body) == {"error", "error_description"}
    assert answer["Cache-Control"] == "no-store"
    return body["error_description"]


def segment(data) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("key", [ec_key, rsa_key])
def test_a_registered_key_proves_the_client(machine, key):
    """ASVS v5.0.0-10.4.16: clients prove themselves with a private key (private_key_jwt)."""
    machine.key = key()
    assert machine.ask().status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", ""])
def test_an_assertion_that_nobody_signed_is_none(machine, algorithm):
    """ASVS v5.0.0-9.1.1: nothing in a token counts before its signature does."""
    unsigned = f"{segment(machine.header(alg=algorithm))}.{segment(machine.claims())}."
    assert refused(machine.ask(unsigned)) == NOBODY


@pytest.mark.parametrize("algorithm", ["HS256", "HS384"])
def test_the_public_key_is_no_shared_secret(machine, algorithm):
    """ASVS v5.0.0-9.1.2: only RS384 and ES384; a public key is never a secret."""
    digest = algorithm.replace("HS", "sha")
    for key in (rsa_key(), ec_key()):
        for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
            head = machine.header(alg=algorithm, kid=key.kid)
            signed = f"{segment(head)}.{segment(machine.claims())}"
            mark = hmac.digest(secret, signed.encode(), digest)
            assert refused(machine.ask(f"{signed}.{segment(mark)}")) == NOBODY


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS384"])
def test_another_algorithm_of_the_same_key_is_refused(machine, algorithm):
    """ASVS v5.0.0-9.1.2: the algorithm is the registered key's, not the header's."""
    machine.key = rsa_key()
    assert refused(machine.ask(machine.assertion({"alg": algorithm}))) == NOBODY


def test_the_header_does_not_choose_the_kind_of_key(machine):
    """SMART Backend Services: the kty of the kid has to go with the alg."""
    assert refused(machine.ask(machine.assertion({"kid": "rsa-1"}))) == NOBODY


def test_a_changed_claim_breaks_the_signature(machine):
    """ASVS v5.0.0-9.1.1: what is changed after signing is refused."""
    head, _, signature = machine.assertion().split(".")
    forged = f"{head}.{segment(machine.claims(jti='other'))}.{signature}"
    assert refused(machine.ask(forged)) == NOBODY


@pytest.mark.parametrize("kid", [None, "", 7, ["ec-1"], {"a": 1}, "ec-2", "../../ec-1", "ec-1\x00"])
def test_a_kid_that_is_not_registered_opens_nothing(machine, kid):
    """ASVS v5.0.0-9.1.3: the kid chooses among registered keys; it is no path and no query."""
    head = {name: value for name, value in machine.header().items() if name != "kid"}
    if kid is not None:
        head["kid"] = kid
    forged = f"{segment(head)}.{segment(machine.claims())}.{segment(b'x' * 96)}"
    assert refused(machine.ask(forged)) == NOBODY


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_the_sender_brings_is_no_key(machine, name):
    """ASVS v5.0.0-9.1.3: jku, x5u, jwk and x5c name no trusted source: there is none."""
    mallory = ec_key("mallory")
    machine.key = mallory
    values = {"jwk": mallory.as_dict(private=False), "x5c": ["MIIB"]}
    given = values.get(name, "https://evil.example/keys.json")
    claims = segment(machine.claims())
    forged = f"{segment(machine.header(kid='ec-1', **{name: given}))}.{claims}.{segment(b'x' * 96)}"
    assert refused(machine.ask(forged)) == NOBODY


def test_a_client_that_is_not_there_answers_as_a_wrong_signature(machine, institution):
    """ASVS v5.0.0-6.3.8: nobody learns which clients there are."""
    stranger = Machine(str(uuid.uuid4()))
    wrong = Machine(machine.client_id, key=ec_key("ec-1-other"))
    answers = [
        stranger.ask(),
        wrong.ask(wrong.assertion({"kid": "ec-1"})),
        Machine(machine.client_id, slug="nowhere").ask(),
    ]
    assert len({(a.status_code, a.content) for a in answers}) == 1
    assert refused(answers[0]) == NOBODY


@pytest.mark.parametrize("issuer", ["", "RIS", None, 7, ["x"], "upper", "urn"])
def test_the_client_id_is_written_in_one_way(machine, issuer):
    """SMART Backend Services: iss and sub are the client_id, to the letter."""
    written = {"upper": machine.client_id.upper(), "urn": f"urn:uuid:{machine.client_id}"}
    value = written.get(issuer, issuer) if isinstance(issuer, str) else issuer
    assert refused(machine.ask(machine.assertion(iss=value, sub=value))) == NOBODY


@pytest.mark.parametrize("name", ["iss", "sub"])
def test_iss_and_sub_are_the_same(machine, name):
    """SMART Backend Services: iss and sub are both the client_id."""
    for other in (None, str(uuid.uuid4())):
        assert refused(machine.ask(machine.assertion(**{name: other}))) == NOBODY


def test_a_key_of_another_institutions_client_opens_nothing(machine, other_institution):
    """ASVS v5.0.0-8.4.1: a client of one institution is nobody in another, by its key or its id."""
    there = add_member(other_institution, "ADMINISTRATOR", email="a@s.example", name="A South")
    theirs = make_client(other_institution, there, ec_key("south"))
    as_ours = Machine(machine.client_id, key=ec_key("south"))
    assert refused(as_ours.ask()) == NOBODY
    assert refused(as_ours.ask(as_ours.assertion({"kid": "ec-1"}))) == NOBODY
    here = Machine(str(theirs.pk), key=ec_key("south"))
    assert refused(here.ask()) == NOBODY
    assert Machine(str(theirs.pk), slug="south", key=ec_key("south")).ask().status_code == 200


@pytest.mark.parametrize(
    "audience",
    [
        None,
        "",
        "http://localhost:8000/",
        token_address("south"),
        token_address("north") + "/",
        [token_address("north"), token_address("south")],
        "http://evil.example/api/v1/i/north/oauth/token",
        7,
    ],
)
def test_an_assertion_for_somebody_else_is_refused(machine, audience):
    """ASVS v5.0.0-9.2.3: aud is this institution's token endpoint, and nothing beside it."""
    assert "aud" in refused(machine.ask(machine.assertion(aud=audience)))


def test_the_host_of_the_request_is_no_audience(machine, settings):
    """ASVS v5.0.0-4.1.3: the address comes from the settings, not from what a request says."""
    settings.ALLOWED_HOSTS = ["*"]
    forged = machine.assertion(aud="http://evil.example/api/v1/i/north/oauth/token")
    answer = machine.post(
        urlencode(machine.form(forged)),
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    assert "aud" in refused(answer)


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"exp": None}, "exp"),
        ({"exp": -1}, "expired"),
        ({"exp": 400}, "five minutes"),
        ({"exp": 10**9}, "five minutes"),
        ({"iat": 120}, "iat"),
        ({"iat": -400}, "iat"),
        ({"nbf": 120}, "nbf"),
    ],
)
def test_an_assertion_outside_of_its_time_is_refused(machine, claims, word):
    """ASVS v5.0.0-9.2.1: exp, nbf and iat hold; SMART allows five minutes."""
    now = int(time.time())
    given = {name: None if ahead is None else now + ahead for name, ahead in claims.items()}
    assert word in refused(machine.ask(machine.assertion(**given)))


@pytest.mark.parametrize("value", ["soon", True, [], 1e300, 10**400, -5])
def test_a_time_is_a_number(machine, value):
    """ASVS v5.0.0-9.2.1: a time that is none is no time."""
    assert "exp" in refused(machine.ask(machine.assertion(exp=value)))


@pytest.mark.parametrize("constant", ["NaN", "Infinity"])
def test_no_number_beyond_all_numbers(machine, constant):
    """ASVS v5.0.0-9.2.1: what is no JSON is no claim."""
    payload = json.dumps(machine.claims(exp=7)).replace(": 7", f": {constant}")
    assert refused(machine.ask(machine.signed(payload, {}))) == NOBODY


def test_an_assertion_counts_once(machine, institution):
    """ASVS v5.0.0-10.4.16: a replayed assertion is refused (SMART: jti)."""
    again = machine.assertion()
    assert machine.ask(again).status_code == 200
    assert "jti" in refused(machine.ask(again))
    same_jti = machine.assertion(jti="x")
    assert machine.ask(same_jti).status_code == 200
    assert "jti" in refused(machine.ask(machine.assertion(jti="x")))
    with institution_scope(institution):
        assert SpentAssertion.objects.count() == AccessToken.objects.count() == 2


def test_the_jti_of_one_client_is_not_anothers(machine, institution, administrator):
    """SMART Backend Services: a jti is unique for its iss."""
    other = Machine(str(make_client(institution, administrator, label="PACS").pk))
    assert machine.ask(machine.assertion(jti="x")).status_code == 200
    assert other.ask(other.assertion(jti="x")).status_code == 200


@pytest.mark.parametrize("jti", [None, "", 7, "x" * 256])
def test_without_a_jti_nobody_comes_in(machine, jti):
    """SMART Backend Services: the jti is required."""
    assert "jti" in refused(machine.ask(machine.assertion(jti=jti)))


def test_an_assertion_is_spent_even_where_no_scope_is_granted(machine):
    """SMART Backend Services: whoever is refused a scope cannot try others with one assertion."""
    again = machine.assertion()
    assert machine.ask(again, scope="system/Patient.d").json()["error"] == "invalid_scope"
    assert "jti" in refused(machine.ask(again))


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "..",
        "a.b.c",
        "a.b.c.d",
        "x" * 9000,
        f"{segment([])}.{segment([])}.x",
        f"{segment(b'[' * 3000)}.{segment({})}.x",
        f"{segment(b'{}')}.{segment(b'{}')}.é",
    ],
)
def test_what_is_no_jwt_is_nobody(machine, text):
    """ASVS v5.0.0-9.1.1: rubbish, deep nesting and length are refused alike."""
    assert refused(machine.ask(text)) == NOBODY


def test_a_name_that_stands_twice_is_refused(machine):
    """ASVS v5.0.0-9.2.3: readers differ on doubled names, so there are none."""
    payload = json.dumps(machine.claims())[:-1] + f', "aud": "{token_address("north")}"}}'
    assert refused(machine.ask(machine.signed(payload, {}))) == NOBODY


@pytest.mark.parametrize("other", [{"typ": None}, {"typ": "at+jwt"}, {"crit": ["exp"], "exp": 1}])
def test_a_token_of_another_kind_is_no_assertion(machine, other):
    """ASVS v5.0.0-9.2.2: only what says that it is a plain JWT."""
    head = machine.header(**other)
    forged = f"{segment(head)}.{segment(machine.claims())}.{segment(b'x' * 96)}"
    assert refused(machine.ask(forged)) == NOBODY


def test_a_disabled_client_is_nobody(machine, institution, administrator):
    """ASVS v5.0.0-8.3.2: disabling works at once."""
    with institution_scope(institution):
        clients.disable(client=ApiClient.objects.get(), by=administrator)
    assert refused(machine.ask()) == NOBODY


def test_keys_change_over_without_a_gap(machine, institution, administrator):
    """ASVS v5.0.0-13.3.4: keys are replaced without losing the client."""
    with institution_scope(institution):
        client = ApiClient.objects.get()
        clients.add_keys(client=client, jwks=public(ec_key("ec-2")), by=administrator)
        assert machine.ask().status_code == 200
        machine.key = ec_key("ec-2")
        assert machine.ask().status_code == 200
        clients.remove_key(client=client, kid="ec-1", by=administrator)
    assert machine.ask().status_code == 200
    machine.key = ec_key()
    assert refused(machine.ask()) == NOBODY


@pytest.mark.django_db(transaction=True)
def test_of_parallel_replays_exactly_one_wins():
    """ASVS v5.0.0-15.4.2: the check and the mark of a jti are one step, for all processes."""
    north = make_institution(slug="north", name="North Hospital")
    ada = add_member(north, "ADMINISTRATOR", email="ada@north.example", name="Ada Admin")
    client_id = str(make_client(north, ada).pk)
    assertion = Machine(client_id).assertion()
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        try:
            machine = Machine(client_id, browser=Client())
            together.wait()
            return machine.ask(assertion).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(ask, range(8)))
    assert found == [200] + [401] * 7
    with institution_scope(north):
        assert AccessToken.objects.count() == 1
