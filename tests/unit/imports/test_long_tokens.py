"""A workbook whose tags never end is refused, whatever version of the parser reads it."""

import io
import zipfile

import pytest

from cases.services.imports.limits import MOST_TOKEN_BYTES, TableError
from cases.services.imports.reading import read_table
from tests.unit.imports.test_reading import workbook


def with_part(content):
    out = io.BytesIO(workbook(["MRN", "A"], ["m1", "1"]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/more.xml", content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize("begins", ["", "<a b='", "<!--", "<?a ", "<", "<a></", "<a>&"])
def test_what_begins_and_does_not_end_is_read_no_further(begins):
    """ASVS v5.0.0-5.2.1: a few kilobytes do not keep a process busy for a quarter of an hour."""
    packed = with_part(begins + "a" * (2 * MOST_TOKEN_BYTES))
    assert len(packed) < 20_000
    with pytest.raises(TableError, match="not a workbook"):
        read_table(packed)


@pytest.mark.parametrize(
    "content",
    [
        f"<a>{'a' * (2 * MOST_TOKEN_BYTES)}</a>",
        f"<a>{'<b/>' * (MOST_TOKEN_BYTES // 2)}</a>",
        f"<a b='{'a' * (MOST_TOKEN_BYTES // 2)}'/>",
    ],
)
def test_what_is_long_and_ends_is_read(content):
    assert read_table(with_part(content)).rows == [(2, ["m1", "1"])]
