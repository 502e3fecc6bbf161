"""The three database roles, and the databases they work in.

Made by `manage.py prepare_database` with an administrator's connection, never by a migration.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

#: Rights of the application on what the owner makes later. Append-only tables take two back in
#: the migration that makes them.
APPLICATION_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def prepare(
    *,
    admin_url: str,
    owner_url: str,
    application_url: str,
    backup_role: str,
    limits: Mapping[str, int],
) -> None:
    """Make roles, database and default privileges; running it again changes nothing.

    Args:
        admin_url: a connection that may create roles and databases.
        owner_url: role and database of the migrations.
        application_url: role and the same database, for serving requests.
        backup_role: role that reads everything past row-level security.
        limits: seconds of the settings that bound what the application's role may take
            (`tumorboard.operations.time_limits`).
    """
    owner, application = urlsplit(owner_url), urlsplit(application_url)
    database = owner.path.lstrip("/")
    owner_role, application_role = str(owner.username), str(application.username)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        _role(admin, owner_role, owner.password, "NOSUPERUSER NOCREATEROLE NOBYPASSRLS")
        _role(admin, application_role, application.password, "NOSUPERUSER NOCREATEROLE NOBYPASSRLS")
        _role(admin, backup_role, None, "NOSUPERUSER NOCREATEROLE BYPASSRLS")
        for name, seconds in limits.items():
            _limit(admin, application_role, name, seconds)
        make_database(admin, database, owner_role)
        _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        for role in (owner_role, application_role, backup_role):
            _run(admin, "GRANT CONNECT ON DATABASE {} TO {}", database, role)
    with psycopg.connect(admin_url, dbname=database, autocommit=True) as inside:
        grant(inside, owner=owner_role, application=application_role, backup=backup_role)


def prepare_broker(*, admin_url: str, role: str, database: str) -> None:
    """Make the embedded broker: the queue's SQL in a database of its own, and a role of its own."""
    from pgmq import get_embedded_install_sql  # noqa: PLC0415 - only for the embedded broker

    with psycopg.connect(admin_url, autocommit=True) as admin:
        _role(admin, role, None, "NOSUPERUSER NOCREATEROLE NOBYPASSRLS")
        make_database(admin, database, role)
        _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    with psycopg.connect(admin_url, dbname=database, user=role) as inside:
        found = inside.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone()
        if not found:
            inside.execute(get_embedded_install_sql())


def make_database(admin: psycopg.Connection[Any], name: str, owner: str) -> None:
    """Make the database `name` unless it is there."""
    found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not found:
        _run(admin, "CREATE DATABASE {} OWNER {}", name, owner)


def grant(inside: psycopg.Connection[Any], *, owner: str, application: str, backup: str) -> None:
    """Who may do what in the schema, now and with tables to come."""
    _run(inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run(inside, "ALTER SCHEMA public OWNER TO {}", owner)
    for role in (application, backup):
        _run(inside, "GRANT USAGE ON SCHEMA public TO {}", role)
    future = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT "
    _run(inside, future + f"{APPLICATION_RIGHTS} ON TABLES TO {{}}", owner, application)
    _run(inside, future + "USAGE, SELECT ON SEQUENCES TO {}", owner, application)
    _run(inside, future + "SELECT ON TABLES TO {}", owner, backup)
    _run(inside, future + "SELECT ON SEQUENCES TO {}", owner, backup)


def _role(admin: psycopg.Connection[Any], name: str, password: str | None, rights: str) -> None:
    found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    _run(admin, f"{'ALTER' if found else 'CREATE'} ROLE {{}} LOGIN {rights}", name)
    if password:
        admin.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(name), sql.Literal(unquote(password))
            )
        )


def _limit(admin: psycopg.Connection[Any], role: str, name: str, seconds: int) -> None:
    statement = sql.SQL("ALTER ROLE {} SET {} = {}")
    value = sql.Literal(f"{seconds}s")
    admin.execute(statement.format(sql.Identifier(role), sql.Identifier(name), value))


def _run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
