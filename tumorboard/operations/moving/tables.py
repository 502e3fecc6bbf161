"""The tables of an institution as the database has them: columns, order, rows as text.

Rows are read and written as PostgreSQL itself writes each value, so that nothing is rounded,
reordered or lost on the way, whatever its type.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection

from guidance.editions.models import GuidanceEdition
from tumorboard.accounts.models import User
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.travel import Row, Travel, travel_of
from tumorboard.tenancy.catalogue import WITHOUT_INSTITUTION

#: Rows that one statement writes, and characters after which it writes fewer.
BATCH_ROWS = 200
BATCH_CHARACTERS = 4_000_000
#: Rows that are fetched at once, and of tables whose rows may hold a megabyte.
FETCHED = 500
FETCHED_LARGE = 4
#: How values are written as text, whatever the server's own settings are.
AS_TEXT = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
#: What each house counts for itself (history's numbers) and what is computed is left out.
COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           a.attgenerated <> '' OR a.attidentity <> ''
           OR coalesce(starts_with(pg_get_expr(d.adbin, d.adrelid), 'nextval('), false)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    ORDER BY c.relname, a.attname
"""
KEYS = """
    SELECT c.relname, a.attname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(x.indkey)
    WHERE x.indisprimary AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
REFERENCES = """
    SELECT t.relname, p.relname FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND t.oid <> p.oid
"""


@dataclass(frozen=True)
class Table:
    """One table that travels.

    Attributes:
        types: PostgreSQL's type of each column that travels, by its name, in their order.
        key: the columns by which rows are ordered.
        people: columns that name an account.
        editions: columns that name an edition of the guidance, which travels by its hash.
    """

    name: str
    types: Mapping[str, str]
    key: Sequence[str]
    people: Sequence[str]
    editions: Sequence[str]

    @property
    def travel(self) -> Travel:
        """How its rows travel."""
        return travel_of(self.name)


def write_values_plainly() -> None:
    """Have this transaction write every value in one way."""
    with connection.cursor() as cursor:
        for name, value in AS_TEXT.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def travelling() -> list[Table]:
    """The tables that travel, each behind those that it refers to.

    Raises:
        CannotMove: a table that travels refers to one that stays.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, type_, is_own in _asked(COLUMNS):
        if table not in WITHOUT_INSTITUTION:
            columns.setdefault(table, {})
            if not is_own:
                columns[table][column] = type_
    keys: dict[str, list[str]] = {}
    for table, column in _asked(KEYS):
        keys.setdefault(table, []).append(column)
    names = [name for name in columns if not travel_of(name).stays]
    models = {model._meta.db_table: model for model in apps.get_models()}
    return [
        Table(
            name=name,
            types=columns[name],
            key=keys[name],
            people=_columns_to(models[name], User),
            editions=_columns_to(models[name], GuidanceEdition),
        )
        for name in _in_order(names, columns)
    ]


def _columns_to(model: Any, target: Any) -> list[str]:
    """By the models and not the database's constraints: history has none."""
    fields = model._meta.local_fields
    return sorted(field.column for field in fields if field.related_model is target)


def _in_order(names: Sequence[str], known: Iterable[str]) -> list[str]:
    tenant, before = set(known), {name: set[str]() for name in names}
    for table, parent in _asked(REFERENCES):
        if table in before and parent in tenant:
            if parent not in before:
                raise CannotMove(f"{table} travels but refers to {parent}, which stays.")
            before[table].add(parent)
    while True:
        try:
            return list(TopologicalSorter(dict(sorted(before.items()))).static_order())
        except CycleError as error:
            # Two that refer to each other: the constraints wait for the end of the transaction.
            first, second, *_ = error.args[1]
            before[second].discard(first)


def lines(table: Table) -> Iterator[bytes]:
    """The rows of the scope's institution, each as a line of JSON; reads them bit by bit."""
    hashes = _hashes()
    columns = list(table.types)
    with _server_side_cursor(table) as cursor:
        for values in cursor:
            row: Row = dict(zip(columns, values, strict=True))
            for column in table.editions:
                row[column] = hashes.get(row[column] or "", row[column])
            yield line_of(table.travel.leaving(row))


def line_of(row: Mapping[str, str | None]) -> bytes:
    """A row as one line."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _server_side_cursor(table: Table) -> Any:
    """Of the transaction, so that a pooler keeps it; Django's own would not live in one."""
    columns = ", ".join(f'"{column}"::text' for column in table.types)
    order = ", ".join(f'"{column}"' for column in table.key)
    connection.ensure_connection()
    cursor = connection.connection.cursor(name="moving")
    cursor.itersize = FETCHED_LARGE if "bytea" in table.types.values() else FETCHED
    # The names are the catalogue's; whose rows they are, the database's policy says.
    return cursor.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY {order}')  # noqa: S608


def insert(table: Table, arriving: Iterable[Row]) -> int:
    """Write rows of the scope's institution; how many there were.

    Raises:
        CannotMove: a row has other columns, names an edition that is not here, or is there already.
    """
    ids = {hash_: id_ for id_, hash_ in _hashes().items()}
    count = 0
    for batch in _batches(arriving):
        values = []
        for row in batch:
            if row.keys() != table.types.keys():
                raise CannotMove(f"{table.name}: a row has other columns than the table.")
            try:
                stored = table.travel.arriving(row)
            except ValueError:
                raise CannotMove(f"{table.name}: a row cannot be read.") from None
            for column in table.editions:
                stored[column] = ids.get(stored[column] or "")
            values.append([stored[column] for column in table.types])
        _write(table, values)
        count += len(values)
    return count


def _write(table: Table, values: Sequence[Sequence[str | None]]) -> None:
    columns = ", ".join(f'"{column}"' for column in table.types)
    one = "({})".format(", ".join(f"%s::{type_}" for type_ in table.types.values()))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES {", ".join([one] * len(values))}'  # noqa: S608
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(itertools.chain.from_iterable(values)))
    except (DatabaseError, UnicodeEncodeError) as error:
        # Its text quotes the row.
        kind = type(error.__cause__).__name__
        why = (
            "collide with rows that are here"
            if isinstance(error, IntegrityError)
            else "are refused"
        )
        raise CannotMove(f"{table.name}: its rows {why} ({kind}).") from None


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += sum(len(value or "") for value in row.values())
        if len(batch) == BATCH_ROWS or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def people_of(tables: Iterable[Table]) -> set[str]:
    """The ids of all accounts that the institution's rows name."""
    found: set[str] = set()
    for table in tables:
        for column in table.people:
            query = f'SELECT DISTINCT "{column}"::text FROM "{table.name}"'  # noqa: S608
            found.update(id_ for (id_,) in _asked(query) if id_)
    return found


def _hashes() -> dict[str, str]:
    editions = GuidanceEdition.objects.values_list("id", "hash")
    return {str(id_): hash_ for id_, hash_ in editions}


def _asked(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
