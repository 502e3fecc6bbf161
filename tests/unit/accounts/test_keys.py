"""Which public keys a client may register."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ValidationError
from joserfc.util import int_to_base64

from tests.factories.clients import ec_key, public, rsa_key
from tumorboard.accounts.keys import LONGEST, algorithm_of, judged


def reason(text) -> str:
    with pytest.raises(ValidationError) as refusal:
        judged(text if isinstance(text, str) else json.dumps(text))
    return refusal.value.messages[0]


def changed(key, **other):
    given = {**key.as_dict(private=False), **other}
    return {"keys": [{name: value for name, value in given.items() if value is not None}]}


def test_several_keys_are_kept_bare():
    found = judged(public(ec_key(), rsa_key()))
    assert [algorithm_of(key) for key in found] == ["ES384", "RS384"]
    assert [set(key) for key in found] == [
        {"kty", "kid", "crv", "x", "y"},
        {"kty", "kid", "n", "e"},
    ]


def test_one_key_alone_needs_no_set():
    assert judged(json.dumps(ec_key().as_dict(private=False)))[0]["kid"] == "ec-1"


def test_what_leads_elsewhere_is_not_kept():
    """ASVS v5.0.0-9.1.3: a registered key holds no address of other keys."""
    kept = judged(json.dumps(changed(ec_key(), x5u="https://evil.example", use="sig")))
    assert "x5u" not in kept[0]


@pytest.mark.parametrize("key", [ec_key, rsa_key])
def test_a_private_key_is_refused_with_words(key):
    """SMART: a private key is never taken in, and whoever pastes one is warned."""
    assert "private" in reason({"keys": [key().as_dict(private=True)]})


def test_a_shared_secret_is_refused():
    """ASVS v5.0.0-9.1.2: no symmetric key."""
    assert "shared" in reason({"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]})


def test_short_rsa_keys_are_refused():
    """ASVS v5.0.0-11.2.3: what is worth less than 128 bits is no key; SMART asks for 2048 alone."""
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    short = {"kty": "RSA", "kid": "short", "n": int_to_base64(numbers.n), "e": "AQAB"}
    assert "2048 bits" in reason({"keys": [short]})


def test_endless_rsa_keys_are_refused():
    """ASVS v5.0.0-15.2.2: a key that makes each check dear is no key."""
    endless = {"kty": "RSA", "kid": "long", "n": int_to_base64(2**16_000 + 1), "e": "AQAB"}
    assert "16001 bits" in reason({"keys": [endless]})


@pytest.mark.parametrize("curve", ["P-256", "P-521"])
def test_other_curves_are_refused(curve):
    """SMART Backend Services: ES384 means P-384."""
    assert "P-384" in reason(public(ec_key("other", curve)))


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"kid": None}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": 7}, "kid"),
        ({"kid": "x" * 201}, "kid"),
        ({"kid": "a\x00b"}, "kid"),
        ({"kty": "OKP"}, "neither"),
        ({"kty": ["EC"]}, "neither"),
        ({"alg": "ES256"}, "another algorithm"),
        ({"use": "enc"}, "not for checking"),
        ({"key_ops": ["sign"]}, "not for checking"),
        ({"x": None}, "not whole"),
        ({"x": 7}, "not whole"),
        ({"x": "AAAA"}, "not whole"),
        ({"x": "!"}, "not whole"),
        ({"crv": "P-999"}, "not whole"),
    ],
)
def test_a_key_that_cannot_be_is_named_with_its_fault(other, word):
    assert word in reason(changed(ec_key(), **other))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 5000, "JSON"),
        ("[]", "JWK Set"),
        ('{"keys": []}', "at least one"),
        ('{"keys": 7}', "at least one"),
        ('{"keys": [7]}', "object"),
        (json.dumps({"keys": [{}] * 11}), "At most 10"),
        (" " * (LONGEST + 1), "too long"),
    ],
)
def test_what_is_no_set_of_keys_is_refused(text, word):
    assert word in reason(text)


def test_a_kid_names_one_key():
    assert "Two keys" in reason(public(ec_key(), rsa_key("ec-1")))
