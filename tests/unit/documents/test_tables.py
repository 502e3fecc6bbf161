"""Tables as files: nothing in a cell runs, and everything can be read back."""

import csv
import io

import openpyxl
import pytest

from cases.documents.tables import as_csv, as_xlsx

ROWS = [["Name", "Gaps"], ["Müller", 3], ["=1+1", 0], ['a"b;c,d\ne', 1]]


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_opens_in_utf_8_and_keeps_every_character():
    assert read_csv(as_csv(ROWS)) == [
        ["Name", "Gaps"],
        ["Müller", "3"],
        ["'=1+1", "0"],
        ['a"b;c,d\ne', "1"],
    ]
    assert as_csv(ROWS).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "x;=", "x; +", "\uff1d", " ="])
def test_csv_defuses_what_a_spreadsheet_would_run(start):
    """ASVS v5.0.0-1.3.3: no cell becomes a formula where it is opened."""
    [[cell]] = read_csv(as_csv([[f"{start}cmd|' /C calc'!A0"]]))
    assert cell.startswith("'")


def test_xlsx_holds_text_as_text_and_numbers_as_numbers():
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS, title="Cases"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == ROWS
    assert sheet["A3"].data_type == "s"


def test_xlsx_leaves_out_characters_that_no_workbook_holds():
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([["a\x01b"]], title="Cases"))).active
    assert sheet["A1"].value == "ab"
