"""From lines of JSON to records: one object a line, its names the columns.

Pure: no database, no clock.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from cases.services.imports.limits import MOST_COLUMNS, TableError

#: What a cell says for true and false.
YES, NO = "yes", "no"


def is_json_lines(content: bytes) -> bool:
    """Whether a file begins as an object of JSON does, and so no table of text does."""
    return content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The names of all lines as headings, under line 0, and then each line's cells.

    What a line does not name is empty.

    Raises:
        TableError: a line is no object, or a value in it is neither text, number, true, false nor
            null.
    """
    rows = [(n, _row(n, line)) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    columns = list(dict.fromkeys(name for _, row in rows for name in row))
    if len(columns) > MOST_COLUMNS:
        raise TableError(f"The file has more than {MOST_COLUMNS} columns.")
    yield 0, columns
    for number, row in rows:
        yield number, [row.get(name, "") for name in columns]


def _row(number: int, line: str) -> dict[str, str]:
    try:
        found = json.loads(line, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise TableError(f"Line {number} is no object of JSON, or names something twice.") from None
    if not isinstance(found, dict):
        raise TableError(f"Line {number} is no object of JSON.")
    return {name: _cell(number, name, value) for name, value in found.items()}


def _cell(number: int, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str | int | float):
        return str(value)
    raise TableError(f"Line {number} has a list or an object under “{name[:40]}”. Give one value.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)
