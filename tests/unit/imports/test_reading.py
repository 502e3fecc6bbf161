"""Bytes become a table, or say why not; nothing else happens, whatever the bytes."""

import contextlib
import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.services.imports import limits
from cases.services.imports import workbook as workbook_reading
from cases.services.imports.limits import TableError
from cases.services.imports.reading import read_table

SIMPLE = "MRN,Name\nA1,Rivera\nA2,Müller\n"


def workbook(*rows, formats=()):
    """A workbook of one sheet; formats are (cell, number format)."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in formats:
        sheet[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        SIMPLE.encode(),
        SIMPLE.encode("utf-8-sig"),
        SIMPLE.encode("utf-16"),
        SIMPLE.encode("cp1252"),
        SIMPLE.replace(",", ";").encode(),
        SIMPLE.replace(",", "|").encode(),
        SIMPLE.replace(",", "\t").encode(),
        SIMPLE.replace("\n", "\r\n").encode(),
        SIMPLE.replace("\n", "\r").encode(),
    ],
)
def test_encodings_delimiters_and_line_ends_give_the_same_table(content):
    table = read_table(content)
    assert table.columns == ["MRN", "Name"]
    assert table.rows == [(2, ["A1", "Rivera"]), (3, ["A2", "Müller"])]


def test_comments_and_blank_lines_are_skipped_and_lines_keep_their_numbers():
    table = read_table(b'#made by "x\n\n#1\t1\t1\nMRN\tA\tB\n\nm1\t1\t2\n# note\nm2\t3\n')
    assert table.columns == ["MRN", "A", "B"]
    assert table.rows == [(6, ["m1", "1", "2"]), (8, ["m2", "3", ""])]


def test_a_row_whose_record_number_begins_with_a_number_sign_is_not_lost():
    assert read_table(b"MRN,Age\n#12,60\n").rows == [(2, ["#12", "60"])]


def test_quoted_cells_hold_delimiters_and_lines():
    table = read_table(b'MRN,Note\nm1,"a, b\n# and c"\nm2,d\n')
    assert table.rows == [(2, ["m1", "a, b\n# and c"]), (4, ["m2", "d"])]


def test_tabs_need_no_quotes():
    assert read_table(b'MRN\tNote\nm1\t"5 mm\nm2\tx\n').rows[0] == (2, ["m1", '"5 mm'])


def test_the_delimiter_is_told_by_all_lines_not_by_the_heading_alone():
    assert read_table(b"MRN;Name, given;Age\n1;Rivera, Ana;5\n").columns[1] == "Name, given"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"MRN,MRN\n1,2\n", "same heading"),
        (b"MRN,mrn \n1,2\n", "same heading"),
        (b"MRN,,Age\n1,2,3\n", "Column 2 has no heading"),
        (b"MRN,Age\n1,2,3\n", "Line 2 has 3 cells, but there are 2 headings"),
        (b"MRN,Age\n", "no rows"),
        (b"# only\n# comments\n", "no headings"),
        (b"Dear colleague\nplease find\n", "Only one column"),
        (b"<!doctype html><html><table><tr><td>1,2", "web page"),
        (b"\xef\xbb\xbf  <html>,</html>", "web page"),
        (b"%PDF-1.7\n,\n", "not a table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00,", "not a table"),
        (b"MRN,Age\n1,\x00\n", "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "password-protected"),
        (b"PK\x03\x04 broken", "workbook"),
        (b'MRN,Note\n1,"never closed\n2,x\n', "quotation mark near line 2"),
        (b'MRN,Note\n1,"two\nlines"\n# note\n2,"never closed\n', "quotation mark near line 5"),
        (b"MRN,Age\n1," + b"x" * 2001 + b"\n", "more than 2,000 characters"),
        (b"x" * 130 + b",Age\n1,2\n", "heading of column 1"),
        (b",".join(b"c%d" % n for n in range(201)) + b"\n1\n", "more than 200 columns"),
        (b"MRN,Age\n" + b"1,2\n" * 30_000, "more than 20,000 rows"),
        (b"x" * (limits.MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_table_says_why(content, reason):
    with pytest.raises(TableError, match=reason):
        read_table(content)


def test_cells_are_counted_too(monkeypatch):
    monkeypatch.setattr("cases.services.imports.reading.MOST_CELLS", 5)
    with pytest.raises(TableError, match="more than 5 cells"):
        read_table(b"MRN,Age\n1,2\n3,4\n5,6\n")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_reason(content):
    try:
        table = read_table(content)
    except TableError:
        return
    assert all(len(cells) == len(table.columns) for _, cells in table.rows)


@given(st.lists(st.lists(st.sampled_from(["a", "#", '"', ",", ";", "\t", "\n", " ", "é"]))))
def test_any_mix_of_signs_is_a_table_or_a_reason(pieces):
    try:
        table = read_table("\n".join("".join(piece) for piece in pieces).encode())
    except TableError:
        return
    assert table.rows


@given(
    st.lists(
        st.tuples(*[st.text("abcdé ,;\t|\"'", max_size=8).map(str.strip)] * 3).filter(
            lambda row: row[0]
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_a_csv_writer_writes_is_read_back(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("MRN", "A", "B"), *rows])
    assert [tuple(cells) for _, cells in read_table(out.getvalue().encode()).rows] == rows


# --- Workbooks -------------------------------------------------------------------------------


def test_a_workbook_gives_what_its_cells_show():
    seen = datetime.datetime(2026, 1, 2, 8, 30)  # noqa: DTZ001 - a workbook knows no zone
    content = workbook(
        [None, None],
        ["MRN", "Ki-67", "Born", "Seen", "Size", "Known", "Long"],
        [
            123,
            0.05,
            datetime.date(1961, 2, 3),
            seen,
            2.5,
            True,
            "x",
        ],
        [],
        [1234567890123, 0.125, None, datetime.time(8, 30), 30.0, False, None],
        formats=[("A3", "000000"), ("B3", "0%"), ("B5", "0.0%")],
    )
    table = read_table(content)
    assert table.columns == ["MRN", "Ki-67", "Born", "Seen", "Size", "Known", "Long"]
    assert table.rows == [
        (3, ["000123", "5%", "1961-02-03", "2026-01-02 08:30:00", "2.5", "Yes", "x"]),
        (5, ["1234567890123", "12.5%", "", "08:30:00", "30", "No", ""]),
    ]


def test_the_first_sheet_with_cells_counts():
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["MRN", "Age"])
    book["Second"].append(["1", "60"])
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows == [(2, ["1", "60"])]


def test_a_workbook_without_cells_says_so():
    with pytest.raises(TableError, match="no headings"):
        read_table(workbook())


def test_comments_of_a_workbook_are_skipped_and_lines_keep_their_numbers():
    table = read_table(workbook(["# made by x"], ["MRN", "Age"], ["m1", 60], ["# note"], ["m2", 3]))
    assert table.columns == ["MRN", "Age"]
    assert table.rows == [(3, ["m1", "60"]), (5, ["m2", "3"])]


def test_a_record_number_with_a_hash_is_no_comment():
    assert read_table(workbook(["MRN", "Age"], ["#12", 60])).rows == [(2, ["#12", "60"])]


@pytest.mark.parametrize("first", ["m1", '"m1" later'])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_cell_beyond_what_is_read_names_its_line(first, delimiter):
    rows = [["MRN", "Note"], [first, "x"], ["m2", "y" * 140_000]]
    text = "\n".join(delimiter.join(row) for row in rows)
    quoted = delimiter == "," and first != "m1"
    expected = "quotation mark near line 2" if quoted else "near line 3 is longer than"
    with pytest.raises(TableError, match=expected):
        read_table(text.encode())


def zip_of(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked():
    """ASVS v5.0.0-5.2.3: what a workbook unpacks to is known before."""
    bomb = zip_of(**{"xl/worksheets/sheet1.xml": b"0" * (limits.MOST_UNPACKED_BYTES + 1)})
    assert len(bomb) < 1_000_000
    with pytest.raises(TableError, match="unpacks to more"):
        read_table(bomb)


def test_a_crowd_of_parts_is_not_unpacked(monkeypatch):
    """ASVS v5.0.0-5.2.3: how many files an archive holds is counted before one is unpacked."""
    monkeypatch.setattr("cases.services.imports.workbook.MOST_PARTS", 3)
    with pytest.raises(TableError, match="too much"):
        read_table(workbook(["MRN", "Age"], [1, 2]))


def test_a_workbook_with_a_link_is_refused():
    """ASVS v5.0.0-5.2.5: no archive with a symbolic link is taken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(TableError, match="not a workbook"):
        read_table(out.getvalue())


def test_another_zip_file_is_no_workbook():
    with pytest.raises(TableError, match="not a workbook"):
        read_table(zip_of(**{"letter.txt": b"hello"}))


@pytest.mark.parametrize(
    ("entities", "text"),
    [
        (
            "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "a"}">' for n in range(12)),
            "&e11;",
        ),
        # Too little at a time for the parser's own alarm, and as much in the end.
        (f'<!ENTITY e "{"a" * 200}">', "&e;" * 5),
        ('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"),
    ],
)
def test_an_entity_bomb_is_refused(entities, text):
    """ASVS v5.0.0-1.5.1: a workbook defines no entities, whatever they would expand to."""
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><worksheet xmlns="http://schemas.'
        'openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr">'
        f"<is><t>{text}</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row></sheetData>"
        "</worksheet>"
    )
    good = workbook(["MRN", "Age"], [1, 2])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with pytest.raises(TableError, match="not a workbook"):
        read_table(zip_of(**parts))


def test_a_cell_in_the_last_line_does_not_cost_a_million_lines():
    book = openpyxl.Workbook()
    book.active["A1"] = "MRN"
    book.active["B1"] = "Age"
    book.active["A1048576"] = "far away"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(TableError, match="more than 100,000 lines"):
        read_table(out.getvalue())


@given(st.binary(max_size=300))
def test_a_damaged_workbook_is_a_table_or_a_reason(noise):
    content = bytearray(workbook(["MRN", "Age"], [1, 2]))
    middle = len(content) // 2
    content[middle : middle + len(noise)] = noise
    with contextlib.suppress(TableError):
        read_table(bytes(content))


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/more.xml", "xl/anything.bin"])
def test_a_workbook_of_countless_empty_elements_is_refused_at_once(monkeypatch, part):
    monkeypatch.setattr(workbook_reading, "MOST_ELEMENTS", 5_000)
    assert read_table(workbook(["MRN", "A"], ["m1", "1"])).rows
    out = io.BytesIO(workbook(["MRN", "A"], ["m1", "1"]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(part, f"<sst>{'<si/>' * 5_000}</sst>", zipfile.ZIP_DEFLATED)
    with pytest.raises(TableError, match="too much"):
        read_table(out.getvalue())
