"""What runs without a person: jobs, sweeps and commands never read a tenant's row outside a scope.

All of them are taken from their registries: a new one is tried as soon as it is there, and fails
until it says here how it is run.
"""

import io
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.db import connection, transaction
from django.utils import timezone
from django_scopes.exceptions import ScopeError as MissingScope

from tests.integration.isolation.answers import CANARY, fingerprint
from tumorboard.celery import app
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.outbox.queue import _handlers, deliver
from tumorboard.tenancy.catalogue import WITHOUT_INSTITUTION
from tumorboard.tenancy.scope import ScopeError, has_institution, institution_scope

pytestmark = pytest.mark.usefixtures("undone")

OURS = ("cases", "tumorboard", "guidance")
#: Commands that make or stop what the site stands on; they open no tenant's table.
WITHOUT_ROWS = {
    "assess": "reads a file of facts",
    "check_content": "reads a folder",
    "check_terminology": "reads the codes that are shipped",
    "embedded": "starts and stops the database server",
    "export_edition": "prints guidance",
    "load_editions": "loads guidance",
    "migrate": "changes tables; data migrations enter a scope for each institution",
    "prepare_database": "makes roles",
    "run": "starts processes",
    "write_bruno": "writes the API's description as files",
}
#: How each of the others is called.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "check_isolation": {},
    "create_institution": {
        "slug": "west",
        "name": "West Hospital",
        "admin_email": "wes@west.example",
        "admin_name": "Wes",
    },
    "export_audit": {"institution": "north", "first": None, "last": None},
    "refresh_candidates": {},
    "replay": {"institution": None},
    "reset_second_factor": {"email": "all@north.example"},
    "verify": {"institution": None, "expect": None},
}
#: Of these the tables that belong to no institution, or the catalogue.
OF_NOBODYS_ROWS = {"check_isolation", "reset_second_factor"}
#: Whose code only the operators' floor may run; it has tests of its own for the same.
TESTED_ELSEWHERE = {
    "export_institution": "tests/integration/operations",
    "hook_client": "tests/integration/hooks",
    "import_institution": "tests/integration/operations",
    "mllp": "tests/integration/intake",
    "rotate_identity_keys": "tests/integration/vault",
    "verify_erasures": "tests/integration/services",
}


class OutsideScope(AssertionError):
    """A statement named a tenant's table while no institution was current."""


@contextmanager
def nothing_outside_a_scope() -> Iterator[list[str]]:
    """Refuse every such statement; those that the database itself closes are only noted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind = 'r'")
        tables = {name for (name,) in cursor.fetchall()} - set(WITHOUT_INSTITUTION)
    # A person's own memberships may be read outside: a policy of their own lets them.
    tables.discard("accounts_membership")
    naming = re.compile(rf'"({"|".join(sorted(tables))})"')
    seen: list[str] = []

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = naming.search(sql)
        if found:
            seen.append(found[1])
            if not has_institution():
                raise OutsideScope(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


class Anything(dict):
    """A payload that names a row of the other institution, whatever is asked for."""

    def __init__(self, key: uuid.UUID) -> None:
        super().__init__()
        self.key = str(key)

    def __missing__(self, name: str) -> str:
        return self.key

    def get(self, name: str, default: Any = None) -> Any:
        return self.key


def handlers() -> dict[str, Callable]:
    app.loader.import_default_modules()
    # Other tests register some of their own.
    return {
        topic: handler
        for topic, handler in _handlers.items()
        if topic != "mail" and not topic.startswith("test.")
    }


def test_there_are_jobs_to_try():
    assert len(handlers()) >= 7


def test_a_job_without_an_institution_fails(world):
    """ASVS v5.0.0-8.3.3, ASVS v5.0.0-8.4.1, HIPAA 164.312(a)(1): no scope, no work."""
    for topic, handler in handlers().items():
        with nothing_outside_a_scope(), transaction.atomic():
            with pytest.raises((MissingScope, ScopeError, OutsideScope)):
                handler(Anything(world.theirs.case_id))
            transaction.set_rollback(True)
        assert not has_institution(), topic


def test_a_job_of_one_institution_does_nothing_to_another(world):
    """ASVS v5.0.0-8.4.1: a payload that names another institution's rows reaches none."""
    before = fingerprint(world.south)
    quoted: list[str] = []
    for handler in handlers().values():
        for key in (world.theirs.case_id, world.theirs.file_id, world.theirs.item_id):
            with institution_scope(world.north), transaction.atomic():
                try:
                    with transaction.atomic():
                        handler(Anything(key))
                except Exception as error:
                    quoted.append(str(error))
                transaction.set_rollback(True)
    assert CANARY.lower() not in " ".join(quoted).lower()
    assert fingerprint(world.south) == before


def test_a_signal_that_names_the_wrong_institution_does_nothing(world):
    """ASVS v5.0.0-8.4.1: the signal has no policy, so what it says is believed of nothing."""
    with institution_scope(world.south):
        message = OutboxMessage.objects.create(topic="mail", payload={"to": "x@south.example"})
    OutboxSignal.objects.create(id=message.id, institution_id=world.north.id)
    deliver(str(message.id))
    with institution_scope(world.south):
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.WAITING


def test_no_task_reads_a_row_outside_a_scope(world):
    """ASVS v5.0.0-8.3.3, ASVS v5.0.0-8.4.1: every sweep enters one institution after another."""
    app.loader.import_default_modules()
    names = sorted(name for name in app.tasks if not name.startswith("celery."))
    assert len(names) >= 7
    with nothing_outside_a_scope() as seen:
        for name in names:
            app.tasks[name](*([str(uuid.uuid4())] if name == "outbox.deliver" else []))
    assert {"cases_task", "cases_meeting"} <= set(seen)


def test_every_command_is_known():
    """A new command says here how it is run, or why it opens no tenant's table."""
    ours = {name for name, place in get_commands().items() if place.split(".")[0] in OURS}
    assert ours == {*WITHOUT_ROWS, *ARGUMENTS, *TESTED_ELSEWHERE}


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_no_command_reads_a_row_outside_a_scope(name, world):
    """ASVS v5.0.0-8.3.3, ASVS v5.0.0-8.4.1: an operator's command works as one institution."""
    today = timezone.localdate()
    given = {key: today if key in ("first", "last") else v for key, v in ARGUMENTS[name].items()}
    command = load_command_class(get_commands()[name], name)
    command.stdout = command.stderr = io.StringIO()
    with nothing_outside_a_scope() as seen:
        command.handle(**given)
    assert seen or name in OF_NOBODYS_ROWS
