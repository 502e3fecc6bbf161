"""docs/security.md leaves no requirement out, and names nothing that is not there."""

import re
from collections import Counter

from tests.unit.security.clauses import HIPAA_SAFEGUARDS, ROOT, levels
from tests.unit.security.document import NAMED, STATES, asvs_rows, hipaa_rows, text

#: File handling is held to the third level as well.
WHOLE_CHAPTER = "5."


def test_each_requirement_has_exactly_one_row():
    wanted = {
        number
        for number, level in levels().items()
        if level <= 2 or number.startswith(WHOLE_CHAPTER)
    }
    counted = Counter(row.number for row in asvs_rows())
    assert sorted(wanted - counted.keys()) == []
    assert sorted(counted.keys() - wanted) == []
    assert [number for number, times in counted.items() if times > 1] == []


def test_rows_stand_in_the_standards_order():
    numbers = [row.number for row in asvs_rows()]
    order = list(levels())
    assert numbers == sorted(numbers, key=order.index)


def test_each_safeguard_has_exactly_one_row():
    assert tuple(row.number for row in hipaa_rows()) == HIPAA_SAFEGUARDS


def test_each_row_says_how_it_stands_and_why():
    for row in [*asvs_rows(), *hipaa_rows()]:
        assert row.state in STATES, row
        assert row.words, row
        if row.state in ("partly", "open"):
            assert "Lacks: " in row.words, row


def test_what_is_met_says_where():
    met = [row for row in [*asvs_rows(), *hipaa_rows()] if row.state == "met"]
    assert [row for row in met if "`" not in row.words] == []


def test_what_is_not_whole_is_told_above_the_tables():
    """Whoever signs must not have to look for it among 253 rows."""
    open_ones = [row.number for row in asvs_rows() if row.state in ("partly", "open")]
    told = re.findall(
        r"\d+\.\d+\.\d+", text().split("## What is not whole", 1)[1].split("\n## ")[0]
    )
    assert [number for number in open_ones if number not in told] == []


def test_every_file_and_test_that_it_names_is_there():
    gone = []
    for path, test in NAMED.findall(text()):
        file = ROOT / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text("utf-8")):
            gone.append(f"{path}::{test}" if test else path)
    assert gone == []


def test_scanners_find_the_way_to_it():
    pointer = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "docs/security.md" in pointer
