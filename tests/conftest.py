"""What the whole suite stands on: a real PostgreSQL, roles as in production.

The owner migrates a template database once per state of the migrations; every worker of every
run works on a clone of its own, as the application role. Otherwise the application would own the
tables and the isolation tests would prove nothing.
"""

import datetime
import gc
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase, override_settings
from django.test.client import ClientMixin
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from guidance.editions import shelf
from guidance.engine import content
from tests import day
from tumorboard.accounts import second_factor
from tumorboard.operations import roles

# No test asserts time: a busy machine is no failure.
hypothesis_settings.register_profile("tumorboard", deadline=None)
hypothesis_settings.load_profile("tumorboard")

#: Files, mail and sign-in limits stay within the test.
OF_ALL_TESTS = {
    # What is made once for a file has people too, sixteen in a world of all.
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "SECOND_FACTOR": second_factor.REQUIRED,
    # The shared cache is a table, which a test without a database has not.
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    # A test may try every route without a token.
    "RATE_TOKEN_REQUESTS": 1_000_000,
    "RATE_FAILED_AUTHENTICATION": 1_000_000,
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONAL = ROOT / "tests" / "functional"


def pytest_configure(config: pytest.Config) -> None:
    """Fix the day, and make sure that a database server is there, before any worker starts."""
    # Before any fixture, and once: each setting costs every test that sets it.
    override_settings(**OF_ALL_TESTS).enable()
    if not hasattr(config, "workerinput") and "TIME_ZONE" not in os.environ:
        # For workers and the processes that tests start, which read the settings themselves.
        os.environ["TIME_ZONE"] = day.zone_of(datetime.datetime.now(datetime.UTC))
        override_settings(TIME_ZONE=os.environ["TIME_ZONE"]).enable()
    if not hasattr(config, "workerinput") and settings.ON_ONE_MACHINE:
        settings.EMBEDDED.start()
        roles.prepare_broker(
            admin_url=settings.DATABASE_ADMIN_URL,
            role="tumorboard_broker",
            database="tumorboard_broker",
        )


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among modules and tests: they stay to the end.

    A tenth of the suite's time went into looking through what cannot be garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests in a browser come last, whatever order the others are in.

    The browser stays open for all of them, and while it does its event loop seems to run in the
    thread: nothing asynchronous could be asked for synchronously, such as a stream by the client.
    """
    items.sort(key=lambda item: FUNCTIONAL in item.path.parents)


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    made_by = ("tenancy/protection.py", "operations/roles.py", "operations/time_limits.py")
    files = [
        *sorted(ROOT.glob("*/**/migrations/*.py")),
        *(ROOT / "tumorboard" / name for name in made_by),
    ]
    for path in files:
        if ".venv" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _use(database: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


def _make_template(admin: psycopg.Connection) -> str:
    """The migrated template, made under a lock by whoever comes first."""
    name = f"template_{_migrations_digest()}"
    admin.execute("SELECT pg_advisory_lock(hashtext(%s))", ["tumorboard test template"])
    try:
        done = admin.execute(
            "SELECT datistemplate FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if done and done[0]:
            return name
        if done:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        roles.prepare(
            admin_url=settings.DATABASE_ADMIN_URL,
            owner_url=settings.DATABASE_OWNER_URL.rsplit("/", 1)[0] + "/" + name,
            application_url=settings.DATABASE_URL,
            backup_role=settings.DATABASE_BACKUP_ROLE,
            limits=settings.DATABASE_LIMITS,
        )
        _use(name)
        call_command("migrate", verbosity=0, database="owner")
        for alias in ("default", "owner"):
            connections[alias].close()
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    finally:
        admin.execute("SELECT pg_advisory_unlock_all()")
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One clone of the template for this worker, as the application role."""
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with (
        django_db_blocker.unblock(),
        psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as admin,
    ):
        template = _make_template(admin)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name),
                sql.Identifier(template),
                sql.Identifier(connections["owner"].settings_dict["USER"]),
            )
        )
        # What a crash would lose is no loss here, and no query is worth a compiler.
        for setting in ("synchronous_commit", "jit"):
            admin.execute(
                sql.SQL("ALTER DATABASE {} SET {} = off").format(
                    sql.Identifier(name), sql.Identifier(setting)
                )
            )
        _use(name)
        call_command("load_editions", verbosity=0)
    yield
    with (
        django_db_blocker.unblock(),
        psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as admin,
    ):
        for alias in ("default", "owner"):
            connections[alias].close()
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


#: How often the tables are emptied before a deadlock with a late request is an error.
MOST_ATTEMPTS = 5
#: Of a table; dead rows of more than that would slow the tests that follow.
MOST_BYTES_DELETED = 2_000_000


def _empty_as_administrator(_: TransactionTestCase | None = None) -> None:
    """After a transactional test: the application role may not delete everything, this may.

    With a connection of its own: Django's are closed to databases that the test did not ask for.
    TRUNCATE makes some thousand files anew, so rows are deleted where there are few; the tables
    are locked as by TRUNCATE, so that what is still being written is waited for.
    """
    name = connections["owner"].settings_dict["NAME"]
    kept = (
        "schemaname = 'public' AND tablename NOT IN "
        "('django_migrations', 'django_content_type', 'editions_guidanceedition')"
    )
    sizes = (
        f"SELECT tablename, pg_relation_size(quote_ident(tablename)) FROM pg_tables WHERE {kept}"
    )
    for attempt in range(MOST_ATTEMPTS):
        try:
            with psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name) as database:
                bytes_of = dict(database.execute(sizes).fetchall())
                tables = [sql.Identifier(table) for table in bytes_of]
                everything = sql.SQL(", ").join(tables)
                # Neither triggers nor foreign keys have a say in it.
                database.execute("SET LOCAL session_replication_role = replica")
                database.execute(sql.SQL("LOCK TABLE {}").format(everything))
                if max(bytes_of.values()) > MOST_BYTES_DELETED:
                    database.execute(sql.SQL("TRUNCATE {} CASCADE").format(everything))
                else:
                    for table in tables:
                        database.execute(sql.SQL("DELETE FROM {}").format(table))
                # Every test finds the editions of this software, and no others.
                loaded = "DELETE FROM editions_guidanceedition WHERE NOT version = ANY(%s)"
                database.execute(loaded, [list(content.versions())])
            return
        except psycopg.errors.DeadlockDetected:
            # A browser that is gone may have left a request that is still being answered.
            if attempt + 1 == MOST_ATTEMPTS:
                raise


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_are_emptied() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_as_administrator)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _second_factor_is_proven() -> Iterator[None]:
    """Whoever is signed in by force has proven a second factor, which is required.

    A test of the door itself takes the mark away again (`tests.factories.people.without_factor`);
    what signs in through the page proves its factor there.
    """
    by_force = ClientMixin.force_login

    def proven(self: ClientMixin, user: object, backend: str | None = None) -> None:
        by_force(self, user, backend)
        session = self.session
        session[second_factor.PROVEN] = str(user.pk)
        session.save()

    patch = pytest.MonkeyPatch()
    patch.setattr(ClientMixin, "force_login", proven)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """What a test put into the cache, and the editions it read, stay within it."""
    cache.clear()
    shelf.forget()
