"""Tables as files: CSV and XLSX."""

import csv
import io
import unicodedata
from collections.abc import Sequence

import openpyxl

Rows = Sequence[Sequence[str | int]]

#: The kinds of file, by the ending of their names, with their content types.
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: A spreadsheet takes text that begins so for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Tells a spreadsheet that the text is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def as_file(rows: Rows, *, ending: str, title: str) -> bytes:
    """The rows as a file of one of `CONTENT_TYPES`; a workbook's sheet is named `title`."""
    return as_xlsx(rows, title=title) if ending == "xlsx" else as_csv(rows)


def as_csv(rows: Rows) -> bytes:
    """The rows as CSV in UTF-8; text that a spreadsheet would run as a formula is quoted."""
    text = io.StringIO()
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_xlsx(rows: Rows, *, title: str) -> bytes:
    """The rows as a workbook of one sheet, `title`; every text is text, whatever it looks like."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _harmless(cell: str | int) -> str | int:
    # NFKC: a full-width equals sign is one to a spreadsheet. In some languages it splits at ";".
    parts = unicodedata.normalize("NFKC", cell).split(";") if isinstance(cell, str) else []
    if any(part.lstrip(" ").startswith(FORMULA_STARTS) for part in parts):
        return f"'{cell}"
    return cell


def _text(sheet: object, value: str) -> openpyxl.cell.WriteOnlyCell:
    plain = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"
    return cell
