"""A process with the wrong master keys does not start."""

import base64
import secrets

import pytest
from django.db import connections

from tests.factories.people import make_institution
from tumorboard.operations.key_checks import master_keys_open

ASKED = {"databases": ["default"]}


@pytest.fixture
def two_institutions(transactional_db):
    """Committed, since the check asks by a connection of its own."""
    make_institution(slug="north", name="North Hospital")
    make_institution(slug="south", name="South Hospital")


def another_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_the_right_keys_say_nothing(two_institutions):
    assert master_keys_open(None, **ASKED) == []


def test_a_replaced_key_behind_the_new_one_still_opens(two_institutions, settings):
    settings.IDENTITY_KEYS = f"{another_key()},{settings.IDENTITY_KEYS}"
    assert master_keys_open(None, **ASKED) == []


def test_other_keys_are_refused_and_the_institutions_named(two_institutions, settings):
    """ASVS v5.0.0-16.5.3: where a control cannot be relied on, nothing is served."""
    settings.IDENTITY_KEYS = another_key()
    (error,) = master_keys_open(None, **ASKED)
    assert error.id == "operations.E046"
    assert "north, south" in error.msg
    assert settings.IDENTITY_KEYS not in f"{error}"


def test_the_database_is_asked_only_where_that_is_said(settings):
    settings.IDENTITY_KEYS = another_key()
    assert master_keys_open(None) == []


@pytest.mark.parametrize("keys", ["", "not base64"])
def test_keys_that_are_none_are_another_checks_matter(two_institutions, settings, keys):
    settings.IDENTITY_KEYS = keys
    assert master_keys_open(None, **ASKED) == []


def test_a_database_that_does_not_answer_is_another_checks_matter(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "PORT", "1")
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "127.0.0.1")
    assert master_keys_open(None, **ASKED) == []
