"""Whether the database role that serves is held by row-level security, and bounded in time."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - the library's name
from django.db import connection

#: For how long a start waits for a database that does not answer.
WAIT_SECONDS = 10

#: Also what the role could become by SET ROLE: whoever breaks in would.
RIGHTS = """
    SELECT
        EXISTS (SELECT FROM pg_roles r
                WHERE r.rolsuper AND pg_has_role(current_user, r.oid, 'MEMBER')),
        EXISTS (SELECT FROM pg_roles r
                WHERE r.rolbypassrls AND pg_has_role(current_user, r.oid, 'MEMBER')),
        EXISTS (SELECT FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                  AND pg_has_role(current_user, c.relowner, 'MEMBER'))
"""
LIMIT = "SELECT current_setting('statement_timeout') <> '0'"
FAULTS = (
    ("operations.E041", "is a superuser or can become one"),
    ("operations.E042", "bypasses row-level security or can become a role that does"),
    ("operations.E043", "owns tables or can become their owner"),
)


def role_is_bound(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The role of DATABASE_URL sees and changes what the policies let it, and nothing else.

    Asked of the database itself, so only where `--database default` is given, and at every start.
    """
    if "default" not in (databases or ()):
        return []
    try:
        answers = _asked()
    except psycopg.Error as error:
        # The server's own words quote the address.
        message = f"The database cannot be asked what its role may do: {type(error).__name__}."
        return [Error(message, hint="Is DATABASE_URL right?", id="operations.E040")]
    hint = "Serve as the application role; `manage.py prepare_database` makes it."
    return [
        Error(f"The database role that serves {fault}.", hint=hint, id=number)
        for (number, fault), is_so in zip(FAULTS, answers, strict=True)
        if is_so
    ]


def role_has_limits(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The database gives up on what a request asks before it holds up all others.

    A warning: an operator may bound it elsewhere. Asked only where `--database default` is given.
    """
    if "default" not in (databases or ()):
        return []
    try:
        (has_limit,) = _asked(LIMIT)
    except psycopg.Error:
        # `role_is_bound` says so.
        return []
    if has_limit:
        return []
    hint = "Run `manage.py prepare_database` again; it sets the limits of docs/production.md."
    message = "No statement of the database role that serves has a limit of time."
    return [Warning(message, hint=hint, id="operations.W002")]


def asking() -> psycopg.Connection:
    """A connection of its own, to be closed: a process that divides itself must not share one."""
    address = {**connection.get_connection_params(), "connect_timeout": WAIT_SECONDS}
    address.pop("pool", None)
    return psycopg.connect(**address)


def _asked(question: str = RIGHTS) -> Sequence[bool]:
    with asking() as database:
        return tuple(database.execute(question).fetchone() or ())
