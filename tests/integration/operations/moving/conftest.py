"""Two houses: the database of the test, and another one that is as empty as a new installation."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from guidance.editions import shelf
from tests.conftest import _empty_as_administrator, _make_template, _use
from tumorboard.operations.moving import sealing
from tumorboard.operations.moving.passphrases import VARIABLE

House = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given, and cheap."""
    monkeypatch.setenv(VARIABLE, "a passphrase of the test")
    monkeypatch.setattr(sealing, "COST", 2**4)


@pytest.fixture(scope="module")
def new_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a database as a new installation has it, for all tests of a file."""
    old, new = connections["default"].settings_dict["NAME"], f"test_house_{uuid.uuid4().hex[:8]}"
    with (
        django_db_blocker.unblock(),
        psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as admin,
    ):
        template = _make_template(admin)
        owner = connections["owner"].settings_dict["USER"]
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (new, template, owner))
            )
        )
        _use(new)
        call_command("load_editions", verbosity=0)
        _use(old)
    yield new
    with psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(new)))


@pytest.fixture
def new_house(transactional_db: None, new_database: str) -> Iterator[House]:
    """Go into the other installation, and back; it is as new for each test."""
    old = connections["default"].settings_dict["NAME"]

    @contextmanager
    def enter() -> Iterator[None]:
        _use(new_database)
        shelf.forget()
        try:
            yield
        finally:
            _use(old)
            shelf.forget()

    yield enter
    _use(new_database)
    _empty_as_administrator()
    _use(old)
