"""Reference tables: what the sources say in rows and columns, and which rows concern a case.

The rows are the content of specification sections 3.2, 3.3, 8, 9, 10 and 12. Nothing here is
part of an assessment: `concerning` reads a case's facts when a page shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from guidance.engine.logic import Condition, parse_condition

#: Files of an edition that hold tables under the key `tables`.
FILES = ("classification", "response", "prognosis", "performance", "reports", "protocols")


class TableError(ValueError):
    """A row of the content with a cell that no column of its table shows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of its cells, and its heading with the unit where there is one."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: its rule id, such as PRG-07, its cells by column key, and its source.

    `cells` are in the order of the columns and lack those that are empty. `condition` says
    which cases the row concerns; a row without one is for reading only.
    """

    id: str
    cells: Mapping[str, str]
    condition: Condition | None
    source: str

    def concerns(self, reading: Mapping[str, Any]) -> bool:
        """Return whether the row concerns a case; what is unknown concerns nobody."""
        return self.condition is not None and self.condition.test(reading) is True


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `id` is its address, `note` and `note_source` are empty where it has none."""

    id: str
    title: str
    note: str
    note_source: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def load_tables(raw: Mapping[str, Any]) -> tuple[Table, ...]:
    """Return the tables of one content file in their order; none where it holds none.

    Raises `TableError` for a cell without a column and `guidance.engine.logic.ConditionError`
    for a condition that cannot be read.
    """
    return tuple(_table(entry) for entry in raw.get("tables", ()))


def _table(raw: Mapping[str, Any]) -> Table:
    columns = tuple(Column(entry["key"], entry["label"]) for entry in raw["columns"])
    keys = tuple(column.key for column in columns)
    note = raw.get("note", {"text": "", "source": ""})
    return Table(
        id=raw["id"],
        title=raw["title"],
        note=note["text"],
        note_source=note["source"],
        columns=columns,
        rows=tuple(_row(raw["id"], entry, keys) for entry in raw["rows"]),
    )


def _row(table: str, raw: Mapping[str, Any], keys: tuple[str, ...]) -> Row:
    cells = raw["cells"]
    for key in cells:
        if key not in keys:
            raise TableError(f"{table}, {raw['id']}: no column {key!r}; there are {keys}")
    return Row(
        id=raw["id"],
        cells=MappingProxyType({key: cells[key] for key in keys if key in cells}),
        condition=parse_condition(raw["when"]) if "when" in raw else None,
        source=raw["source"],
    )


def concerning(tables: Iterable[Table], reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that concern a case, as JSON-able values in the order of the tables.

    `reading` is that of `guidance.engine.reading.read_case`: facts and findings. Each row has
    `id`, `table` (the id of its table), `cells` by column key, each with `label` and `text`,
    and `source`. A row reports an association in its own population; it is no diagnosis.
    """
    return [
        {
            "id": row.id,
            "table": table.id,
            "cells": {
                column.key: {"label": column.label, "text": row.cells[column.key]}
                for column in table.columns
                if column.key in row.cells
            },
            "source": row.source,
        }
        for table in tables
        for row in table.rows
        if row.concerns(reading)
    ]
