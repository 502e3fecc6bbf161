"""What the operator says about providers: hosts, secrets, the installation's own key."""

import json

import pytest
from joserfc.jwk import ECKey, RSAKey

from tumorboard.accounts.sso import installation_key
from tumorboard.accounts.sso.reach import Reach, origin_of
from tumorboard.operations.identity_checks import (
    identity_key_is_readable,
    identity_providers_are_readable,
)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"north": []}',
        '{"north": {"hosts": ["http://id.north.example"], "secrets": {"a": "very secret"}}}',
        '{"north": {"hosts": [7]}}',
        '{"north": {"hosts": 7}}',
        '{"north": {"secrets": "very secret"}}',
    ],
)
def test_what_cannot_be_read_allows_nothing_and_is_said_without_the_secret(settings, text):
    """ASVS v5.0.0-13.2.4: denied unless allowed; 16.2.5: no secret in what is logged."""
    settings.IDENTITY_PROVIDERS = text
    assert not Reach.of("north").origins
    (fault,) = identity_providers_are_readable(None)
    assert fault.id == "operations.E022"
    assert "very secret" not in str(fault)


def test_each_institution_has_its_own(settings):
    entry = {"hosts": ["https://id.north.example"], "secrets": {"tb": "very secret"}}
    settings.IDENTITY_PROVIDERS = json.dumps({"north": entry})
    assert identity_providers_are_readable(None) == []
    north, south = Reach.of("north"), Reach.of("south")
    assert north.allows("https://id.north.example:443/realms/a?b=c")
    assert not south.allows("https://id.north.example/")
    assert south.secrets == {}
    assert "very secret" not in repr(north)


@pytest.mark.parametrize(
    "address",
    [
        "https://id.north.example@evil.example/",
        "https://id.north.example.evil.example/",
        "https://id.north.example:8443/",
        "http://id.north.example/",
        "https://id.north.example\\@evil.example/",
        "https://id.north.example /",
        "https://id.north.example:x/",
        "https://id.nörth.example/",
        "//id.north.example/",
        "https:///path",
        "",
    ],
)
def test_what_only_looks_like_an_allowed_host_is_none(settings, address):
    """ASVS v5.0.0-1.3.6: no request of the server's own goes where somebody untrusted says."""
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": ["https://id.north.example"]}})
    assert not Reach.of("north").allows(address)


def test_plain_http_is_for_this_machine_alone():
    assert origin_of("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080"
    assert origin_of("http://10.0.0.1/x") == ""


def test_a_key_that_cannot_be_used_is_none(settings, tmp_path):
    path = tmp_path / "key.pem"
    settings.IDENTITY_KEY_FILE = str(path)
    contents = [
        None,
        b"no key",
        RSAKey.generate_key(3072).as_pem(private=True),
        ECKey.generate_key("P-521").as_pem(private=True),
        ECKey.generate_key("P-256").as_pem(private=False),
    ]
    for content in contents:
        if content is not None:
            path.write_bytes(content)
        assert not installation_key.is_there()
        assert installation_key.key_set() == {"keys": []}
        (fault,) = identity_key_is_readable(None)
        assert fault.id == "operations.E023"
    settings.IDENTITY_KEY_FILE = ""
    assert identity_key_is_readable(None) == []
