"""Lines of JSON become the table that the same cells would be, or say why not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.services.imports.limits import TableError
from cases.services.imports.reading import check_extension, read_table


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def test_each_line_is_a_row_and_its_names_are_the_columns():
    table = read_table(
        lines(
            '{"MRN": "N-1", "Ki-67": 4.5}', "", '{"MRN": "N-2", "metastatic": true, "Ki-67": null}'
        )
    )
    assert table.columns == ["MRN", "Ki-67", "metastatic"]
    assert table.rows == [(1, ["N-1", "4.5", ""]), (3, ["N-2", "", "yes"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lines('{"a": 1, "b": 2}', "[1]"), "Line 2 is no object of JSON."),
        (lines('{"a": 1, "b": 2}', "{"), "Line 2 is no object"),
        (lines('{"a": 1, "a": 2}'), "Line 1 is no object of JSON, or names something twice."),
        (lines('{"a": NaN, "b": 2}'), "Line 1"),
        (lines('{"a": [1], "b": 2}'), "Line 1 has a list or an object under “a”"),
        (lines("{" + '"a":' * 1 + "[" * 100_000), "Line 1"),
        (lines('{"a": 1' + "0" * 5000 + "}"), "Line 1"),
        (lines("{" + ", ".join(f'"c{n}": 1' for n in range(201)) + "}"), "more than 200 columns"),
    ],
)
def test_what_is_none_is_said_with_its_line(content, said):
    with pytest.raises(TableError, match=said.replace(".", r"\.")):
        read_table(content)


def test_a_name_that_says_something_else_is_refused():
    content = lines('{"a": 1, "b": 2}')
    for name in ("a.ndjson", "a.jsonl", "a"):
        check_extension(name, content)
    with pytest.raises(TableError, match="something else"):
        check_extension("a.csv", content)


@given(st.binary(max_size=200))
def test_nothing_else_happens_whatever_the_bytes(content):
    with contextlib.suppress(TableError):
        read_table(b"{" + content)
