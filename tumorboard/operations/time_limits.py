"""How long the database works for a request, and how it is told.

The limits are defaults of the application's role: they cost no query, and they hold behind a
pooler in transaction mode too, which drops what a connection is opened with and mixes up what a
session sets. What nobody waits for (worker, clock, commands) gives itself more time, in each
transaction anew, since nothing else is safe behind a pooler either.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

#: Seconds of the database's settings while a person waits: one statement, of it waiting for a
#: lock, and a transaction that is open while nothing is asked (a file is judged in one: a slot,
#: the reading, the virus scanner).
STATEMENT, LOCK, IDLE = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)
#: The same for what nobody waits for; a worker gives the virus scanner five minutes.
UNATTENDED = {STATEMENT: 3_600, LOCK: 60, IDLE: 900}
_SETTING = "; ".join(f"SET LOCAL {name} = '{seconds}s'" for name, seconds in UNATTENDED.items())

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def attended(*, statement_seconds: int, lock_seconds: int, idle_seconds: int) -> dict[str, int]:
    """The limits of a role that serves requests, by the name of the setting, in seconds."""
    return {STATEMENT: statement_seconds, LOCK: lock_seconds, IDLE: idle_seconds}


def lift() -> None:
    """Let every transaction of this process take the time of what nobody waits for.

    For worker, clock and commands, before they ask the database anything. Statements outside of a
    transaction keep the role's limits.
    """
    connection_created.connect(_lift_on, dispatch_uid=__name__)


def _lift_on(connection: BaseDatabaseWrapper, **_: Any) -> None:
    # The owner's role has no limits to lift.
    if connection.alias == "default" and _begin not in connection.execute_wrappers:
        connection.execute_wrappers.append(_begin)


def _begin(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Set the limits before the first statement of a transaction."""
    connection = context["connection"]
    raw = connection.connection
    if connection.in_atomic_block and raw.info.transaction_status == TransactionStatus.IDLE:
        raw.execute(_SETTING)
    return execute(sql, params, many, context)
