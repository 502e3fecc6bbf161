"""Answers as they are compared: whatever does not differ between two rows that are not there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http.response import HttpResponseBase

from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: Fresh in every answer: what stands against forgery in forms, in scripts' JSON and in htmx.
SECRET = re.compile(rb"(?<=[\"'])[A-Za-z0-9]{64}(?=[\"'])")
ANY_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: The secret of a calendar's address, of a token or of a webhook, shown once.
ONCE = re.compile(rb"(?<![\w-])(tb_)?[\w-]{43}(?![\w-])|whsec_[\w+/]{43}=")
#: A signed name of a draft: its signature holds the second in which it was made.
SIGNED = re.compile(rb"(?<=[\"'])[\w-]{20,}:[\w-]{4,10}:[\w-]{20,}(?=[\"'])")
#: Says which request it was, and nothing of what was asked for.
OF_REQUEST = {"X-Request-ID"}
#: A cookie that is sent again each minute, whatever is asked for.
TIMED = {"sessionid"}
#: Tables in which every request may write, whomever it asks for.
OF_THE_DOOR = {
    "accounts_apitoken",
    "accounts_cache",
    "accounts_personsession",
    "accounts_ratecount",
    "django_session",
}
#: The word in all texts of the other institution; in lower case in names of files and addresses.
CANARY = "Quagga"
IN_ANY_CASE = re.compile(CANARY.encode(), re.IGNORECASE)

#: As `pg_stat_xact_user_tables` says it, which also adds up the indexes: five times as long.
WRITTEN = """
    SELECT relname, count FROM pg_class, LATERAL (
        SELECT pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid)
    ) AS written (count)
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND count > 0
"""


@dataclass(frozen=True)
class Answer:
    """What somebody gets, without what they gave."""

    status: int
    headers: bytes
    content: bytes
    #: Rows written by table, while the answer was made.
    written: tuple[tuple[str, int], ...] = ()

    @property
    def shows_canary(self) -> bool:
        """Whether a word of the other institution stands in it."""
        return IN_ANY_CASE.search(self.headers + self.content) is not None

    @property
    def around_canary(self) -> str:
        """Where the word stands."""
        text = self.headers + self.content
        found = IN_ANY_CASE.search(text)
        return repr(text[max(found.start() - 80, 0) : found.end() + 80]) if found else ""


def taken(response: HttpResponseBase, given: Iterable[object], *, new_ids: bool) -> Answer:
    """An answer without the ids that were `given`.

    Args:
        new_ids: take out all others too: those of rows that were just made.
    """
    content = body_of(response)
    given = list(given)
    counted = response.headers.get("RateLimit", "").split(";")[0]
    headers = {
        **{name: value for name, value in response.headers.items() if name not in OF_REQUEST},
        "RateLimit": counted,
        "cookies": str(sorted({*response.cookies} - TIMED)),
    }
    text = repr(sorted(headers.items())).encode()
    head, body = (_without(part, given, new_ids=new_ids) for part in (text, content))
    return Answer(response.status_code, head, body)


def body_of(response: HttpResponseBase) -> bytes:
    """The whole body; of a live stream nothing, since it has no end."""
    if not response.streaming:
        return response.content
    if not response.is_async:
        return b"".join(response)
    # Else the end of the request would close the connection of the test.
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return b""


def _without(content: bytes, given: Iterable[object], *, new_ids: bool) -> bytes:
    for each in given:
        content = content.replace(str(each).encode(), b"#")
    content = SIGNED.sub(b"", SECRET.sub(b"", content))
    return ANY_ID.sub(b"#", ONCE.sub(b"#", content)) if new_ids else content


def written() -> dict[str, int]:
    """Rows that this transaction has written so far, by table; those of undone savepoints too."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


def since(before: dict[str, int]) -> dict[str, int]:
    """Rows written since `before`, where not every request may write."""
    now = written()
    return {
        table: now[table] - before.get(table, 0)
        for table in sorted(now)
        if table not in OF_THE_DOOR and now[table] != before.get(table, 0)
    }


def fingerprint(institution: Institution) -> dict[str, Any]:
    """Every row of an institution, as a number of rows and a hash by table."""
    with institution_scope(institution), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'institution_id'"
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), md5(string_agg(t::text, ',' ORDER BY t::text))"
                f' FROM "{table}" t WHERE institution_id = %s'
                for table in tables
            ),
            [institution.pk] * len(tables),
        )
        return {table: (count, digest) for table, count, digest in cursor.fetchall() if count}
