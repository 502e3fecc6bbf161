"""From an uploaded file's bytes to a table: CSV or TSV here, other kinds in modules of their own.

A file is judged by its content, never by its name. Pure: no database, no clock.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cases.services.imports import json_lines, workbook
from cases.services.imports.limits import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_HEADING_CHARACTERS,
    MOST_ROWS,
    TableError,
)

DELIMITERS = "\t,;|"
COMMENT = "#"
#: How many lines the delimiter is judged by.
SNIFFED_LINES = 50
#: What no text holds; tab, line feed, vertical tab, form feed and carriage return are text.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
#: What the name of a table may end in, by the kind of its content; some programs give no ending.
EXTENSIONS = {
    "workbook": {"", "xlsx", "xlsm"},
    "json": {"", "jsonl", "ndjson", "txt"},
    "text": {"", "csv", "tsv", "tab", "txt"},
}
EXTENSION = re.compile(r"\.([A-Za-z]{1,6})\Z")
NOT_A_TABLE = "This is not a table. Choose a CSV, TSV or XLSX file."

Records = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Table:
    """Column headings, and rows as (line of the file, cells); every row has a cell a column."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """The table that the bytes of a file hold.

    Lines that begin with `#` and blank lines are skipped, as is a `#` line among the rows unless
    it has a cell for every heading; the first line that is left is the headings.

    Raises:
        TableError: it is none, or is too large; the message is for the person who uploaded it.
    """
    if len(content) > MOST_BYTES:
        raise TableError(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    if not content.strip():
        raise TableError("The file is empty.")
    if content.startswith(OLD_OFFICE):
        raise TableError(
            "This is an old or password-protected Excel file. Save it without a password as XLSX."
        )
    kind = _kind(content)
    if kind == "workbook":
        return _table(workbook.records(content))
    text = _decoded(content)
    return _table(json_lines.records(text) if kind == "json" else _text_records(text))


def check_extension(name: str, content: bytes) -> None:
    """Refuse a file whose name says something else than its content.

    Raises:
        TableError: the name ends as that of another kind of file.
    """
    if _extension(name) in EXTENSIONS[_kind(content)]:
        return
    raise TableError(
        "The name of the file says something else than its content. Save it as CSV, TSV or XLSX."
    )


def _kind(content: bytes) -> str:
    if workbook.is_workbook(content):
        return "workbook"
    return "json" if json_lines.is_json_lines(content) else "text"


def _extension(name: str) -> str:
    found = EXTENSION.search(name)
    return found[1].lower() if found else ""


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 where a byte order mark says so, or else what Windows writes."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16")
        else:
            text = _utf8_or_windows(content)
    except UnicodeDecodeError:
        raise TableError(NOT_A_TABLE) from None
    if CONTROL.search(text) or text.startswith("%PDF"):
        raise TableError(NOT_A_TABLE)
    if text.lstrip().startswith("<"):
        raise TableError("This is a web page or XML, not a table. Save it as CSV or XLSX.")
    return text


def _utf8_or_windows(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


#: What Python's reader says of a cell beyond its own limit.
TOO_LONG = "field limit"

# --- Text --------------------------------------------------------------------------------------


class _Lines:
    """The lines of a text, without comments; knows where the record being read began."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.delimiter = delimiter
        self._number = 0
        self._width = 0
        #: Line of the first line of the record, or 0 before it is read.
        self.start = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        while True:
            line = next(self._lines)
            self._number += 1
            if self.start:
                return line  # a quoted cell goes on
            if not self._is_comment(line):
                self.start = self._number
                return line

    def next_record(self, *, width: int) -> int:
        """Where the record began that was just read; the next line begins another one."""
        self._width = self._width or width
        start, self.start = self.start, 0
        return start

    def _is_comment(self, line: str) -> bool:
        return line.startswith(COMMENT) and line.count(self.delimiter) + 1 != self._width


def _text_records(text: str) -> Records:
    delimiter = _sniffed(text)
    lines = _Lines(text, delimiter)
    try:
        yield from list(_split(lines))
        return
    except csv.Error as error:
        # Programs that write tabs often do not quote at all.
        if delimiter != "\t" or TOO_LONG in str(error):
            raise TableError(_fault(error, lines)) from None
    lines = _Lines(text, delimiter)
    try:
        yield from list(_split(lines, quoted=False))
    except csv.Error as error:
        raise TableError(_fault(error, lines)) from None


def _fault(error: csv.Error, lines: _Lines) -> str:
    if TOO_LONG in str(error):
        return f"A cell near line {lines.start} is longer than {MOST_CHARACTERS:,} characters."
    place = f"A quotation mark near line {lines.start}"
    return f"{place} is not closed, or stands in the middle of a cell."


def _split(lines: _Lines, *, quoted: bool = True) -> Records:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    for cells in csv.reader(lines, delimiter=lines.delimiter, quoting=quoting, strict=quoted):
        width = len(cells) if any(cell.strip() for cell in cells) else 0
        yield lines.next_record(width=width), cells


def _sniffed(text: str) -> str:
    """The delimiter that cuts the first lines into the most even columns."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    widths = []
    try:
        for _line, cells in _split(_Lines(text, delimiter)):
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) == SNIFFED_LINES:
                break
    except csv.Error:
        pass  # an open quotation mark is spoken of when the delimiter is known
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


# --- Both kinds --------------------------------------------------------------------------------


def _table(records: Iterable[tuple[int, list[str]]]) -> Table:
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for line, raw in records:
        cells = [cell.strip() for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if not columns:
            if not cells[0].startswith(COMMENT):
                columns = _headings(cells)
            continue
        if cells[0].startswith(COMMENT) and len(cells) == 1:
            continue
        rows.append((line, _row(line, cells, columns)))
        if len(rows) > MOST_ROWS:
            raise TableError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if len(rows) * len(columns) > MOST_CELLS:
            raise TableError(f"The file has more than {MOST_CELLS:,} cells. Split it.")
    if not columns:
        raise TableError("The file has no headings.")
    if not rows:
        raise TableError("The file has headings but no rows.")
    return Table(columns=columns, rows=rows)


def _headings(cells: list[str]) -> list[str]:
    if len(cells) == 1:
        raise TableError(
            "Only one column was found. Separate columns by tabs, commas, semicolons or bars."
        )
    if len(cells) > MOST_COLUMNS:
        raise TableError(f"The file has more than {MOST_COLUMNS} columns.")
    seen: dict[str, int] = {}
    for position, heading in enumerate(cells, start=1):
        if not heading:
            raise TableError(f"Column {position} has no heading.")
        if len(heading) > MOST_HEADING_CHARACTERS:
            raise TableError(
                f"The heading of column {position} is longer than {MOST_HEADING_CHARACTERS} "
                "characters. Does the file begin with a line of headings?"
            )
        first = seen.setdefault(heading.casefold(), position)
        if first != position:
            raise TableError(
                f"Columns {first} and {position} have the same heading, “{heading}”. Rename one."
            )
    return cells


def _row(line: int, cells: list[str], columns: list[str]) -> list[str]:
    if len(cells) > len(columns):
        raise TableError(
            f"Line {line} has {len(cells)} cells, but there are {len(columns)} headings."
        )
    for heading, cell in zip(columns, cells, strict=False):
        if len(cell) > MOST_CHARACTERS:
            raise TableError(
                f"Line {line} has more than {MOST_CHARACTERS:,} characters under “{heading}”."
            )
    return cells + [""] * (len(columns) - len(cells))
