"""The example of docs/machines.md, run as it stands there."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client

from cases.fhir.registry import types
from cases.models import Patient
from tumorboard.accounts import clients, scopes
from tumorboard.accounts.rate_limits import Allowance, Limit
from tumorboard.accounts.smart import token_address
from tumorboard.tenancy.scope import institution_scope

PAGE = Path(__file__).resolve().parents[3] / "docs" / "machines.md"
TEXT = PAGE.read_text()
SITE = "http://localhost:8000"


def answered(response: Any) -> SimpleNamespace:
    """An answer as `requests` would give it."""

    def raise_for_status() -> None:
        assert response.status_code == 200, response.content

    return SimpleNamespace(raise_for_status=raise_for_status, json=response.json)


def post(address: str, data: dict[str, str], timeout: int) -> SimpleNamespace:
    form = "application/x-www-form-urlencoded"
    path = address.removeprefix(SITE)
    return answered(Client().post(path, urlencode(data), content_type=form))


def get(address: str, headers: dict[str, str], timeout: int) -> SimpleNamespace:
    return answered(Client().get(address.removeprefix(SITE), headers=headers))


def test_the_example_works(institution, administrator, monkeypatch, capsys):
    """SMART Backend Services, as an integrator meets them."""
    monkeypatch.setattr(requests, "post", post)
    monkeypatch.setattr(requests, "get", get)
    space: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.S):
        exec(compile(block, "machines.md", "exec"), space)
    with institution_scope(institution):
        Patient.objects.create(record_number="M-1", family_name="Machine")
        client = clients.register(
            label="Example",
            jwks=capsys.readouterr().out,
            granted=["system/Patient.rs"],
            requests_per_minute=60,
            by=administrator,
        )
    token = space["access_token"](
        token_address("north"), str(client.pk), space["key"], "system/Patient.rs"
    )
    found = space["patients"](f"{SITE}/api/v1/i/north/", token)
    assert [patient["record_number"] for patient in found] == ["M-1"]


@pytest.mark.parametrize("kind", scopes.RESOURCES)
def test_the_table_of_scopes_is_the_codes(kind):
    row = re.search(rf"^\| `{kind}` \|.*\| ([cruds ]+) \|$", TEXT, re.M)
    assert row
    letters = {letter for name, letter in scopes.EVERYTHING if name == kind}
    assert set(row[1].split()) == letters


def test_names_that_stand_for_something_else_are_told():
    """What FHIR here has no resource of, and has a scope: none is left to be guessed."""
    same = {"AllergyIntolerance", "Device"}
    told = dict(re.findall(r"^\| `([A-Z]\w+)` \| ([^|`]+) \|$", TEXT, re.M))
    elsewhere = set(scopes.RESOURCES) - set(types()) - same
    assert told == {name: scopes.RESOURCES[name].label for name in elsewhere}


def test_the_headers_are_as_the_page_shows_them():
    shown = Allowance(Limit("client", 600), 3, 41).headers
    for name, value in shown.items():
        assert f"{name}: {value}" in TEXT
