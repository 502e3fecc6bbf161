"""Reading an XLSX workbook: the cells of its first sheet that has any, as text.

Formulas give the value that was saved with them; macros, links and styles are not looked at.
"""

import contextlib
import datetime
import io
import re
import stat
import warnings
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

import openpyxl

from cases.services.imports.limits import (
    MOST_COLUMNS,
    MOST_ELEMENTS,
    MOST_LINES,
    MOST_PARTS,
    MOST_TOKEN_BYTES,
    MOST_UNPACKED_BYTES,
    PIECE_BYTES,
    TableError,
)

ZIP = b"PK\x03\x04"
#: A number format that shows leading zeros, as record numbers have them.
ZEROS = re.compile(r"0{2,60}")
UNREADABLE = "This is not a workbook that can be read. Save it as XLSX or CSV and try again."
#: Whole numbers up to here are exact in a spreadsheet.
EXACT = 10**15


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a ZIP file, as every XLSX is."""
    return content.startswith(ZIP)


def records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each line of the first sheet that is not empty, with its number, blank ones too.

    Raises:
        TableError: it is no workbook, or unpacks to too much.
    """
    _refuse_bombs(content)
    try:
        with warnings.catch_warnings():
            _refuse_crowds(content)
            warnings.simplefilter("ignore")  # of styles and extensions that are left out
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            found = _first_sheet(book)
    except TableError:
        raise
    except Exception:
        # A hostile file makes the parser fail in any way that there is.
        raise TableError(UNREADABLE) from None
    yield from found


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise TableError(UNREADABLE) from None
    if len(parts) > MOST_PARTS:
        raise TableError("The workbook holds too much beside its cells. Save it as CSV.")
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        raise TableError(UNREADABLE)
    # The reader stops at the declared size, so that a false one does no harm.
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise TableError("The workbook unpacks to more than 100 MB. Save the sheet as CSV.")


def _refuse_crowds(content: bytes) -> None:
    """Count the elements of all parts, in a tenth of the time that reading them takes.

    No program writes a document type into a workbook, and its entities would make gigabytes of
    text out of a few bytes.
    """
    count = 0

    def refuse(*_: object) -> None:
        raise TableError(UNREADABLE)

    def one_more(_name: str, _attributes: object) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS:
            raise TableError("The workbook holds too much beside its cells. Save it as CSV.")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            parser = expat.ParserCreate()
            parser.StartElementHandler = one_more
            parser.StartDoctypeDeclHandler = refuse
            # What is no XML has no elements; a picture, say.
            with archive.open(part) as file, contextlib.suppress(expat.ExpatError):
                _feed(parser, file)


def _feed(parser: Any, file: IO[bytes]) -> None:
    """Let the parser read a part, as long as it gets on.

    Before expat 2.6 it looks through what is unfinished anew with each piece: a tag of 60 MB, some
    kilobytes when packed, would take it a quarter of an hour.
    """
    read = 0
    while piece := file.read(PIECE_BYTES):
        parser.Parse(piece)
        read += len(piece)
        if read - parser.CurrentByteIndex > MOST_TOKEN_BYTES:
            raise TableError(UNREADABLE)
    parser.Parse(b"", True)


def _first_sheet(book: Any) -> list[tuple[int, list[str]]]:
    for sheet in book.worksheets:
        lines = _lines(sheet)
        if lines:
            return lines
    return []


def _lines(sheet: Any) -> list[tuple[int, list[str]]]:
    # What the sheet says of its own size may be false.
    sheet.reset_dimensions()
    found = []
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_LINES:
            raise TableError(f"The sheet has more than {MOST_LINES:,} lines. Delete empty ones.")
        cells = [_text(cell) for cell in row]
        if any(cells):
            found.append((number, cells))
    return found


def _text(cell: Any) -> str:
    """What a cell shows, in words that do not depend on the language of the program."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).replace("\x00", "").strip()


def _number(value: float, shown_as: str) -> str:
    if shown_as.rstrip('"').endswith("%"):
        return f"{round(value * 100, 10):g}%"
    if float(value).is_integer() and abs(value) < EXACT:
        whole = str(int(value))
        return whole.zfill(len(shown_as)) if ZEROS.fullmatch(shown_as) else whole
    return repr(value)
