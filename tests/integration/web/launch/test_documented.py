"""The page docs/smart.md, run as it stands there."""

import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse
from joserfc.jwk import ECKey

from tumorboard.accounts.ehrs import addresses
from tumorboard.accounts.sso import installation_key

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "smart.md").read_text()


def words_of(command: str, **known: str) -> list[str]:
    filled = re.sub(r"\$([A-Z]+)", lambda found: known[found[1]], command)
    program, quiet, *words = shlex.split(filled)
    assert (program, quiet) == ("curl", "-s")
    return words


def test_every_curl_is_answered_as_the_page_says(
    client, stand_in, ehr, settings, tmp_path, institution
):
    (tmp_path / "key.pem").write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    settings.IDENTITY_KEY_FILE = str(tmp_path / "key.pem")
    installation_key._key.cache_clear()
    configuration, keys, launch = re.findall(r"```bash\n\s*(.*?)\n\s*```", TEXT, re.S)

    [address] = words_of(configuration, ISS=stand_in.fhir_base)
    said = requests.get(address, timeout=10).json()
    for name in re.findall(r"`(\w+_\w+)`", TEXT.split("it must say")[1].split("\n\n")[0]):
        assert name in said, name

    [address] = words_of(keys, SITE="")
    assert client.get(address).json()["keys"][0]["alg"] == "ES256"

    words = words_of(launch, SITE="", ISS=stand_in.fhir_base)
    address = next(word for word in words if word.startswith("/smart/"))
    query = dict(word.split("=", 1) for word in words if re.match(r"(iss|launch)=", word))
    answer = Client().get(address, query)
    assert answer.status_code == 302
    asked = dict(parse_qsl(urlsplit(answer.url).query))
    assert answer.url.startswith(said["authorization_endpoint"])
    for name in ("aud", "state", "nonce", "code_challenge"):
        assert f"`{name}`" in TEXT
        assert name in asked


def test_its_addresses_are_those_of_the_site(ehr, settings):
    here = settings.SITE_URL
    assert f"$SITE{reverse('identity_key_set')}" in TEXT
    shown = (
        addresses.launch("north"),
        addresses.redirect_uri("north", ehr),
        addresses.standalone("north"),
    )
    for address in shown:
        words = address.replace(here, "$SITE").replace("/north/", "/<short name>/")
        assert words.replace(str(ehr.pk), "<id>") in TEXT
