"""The reference tables of the edition: complete, and true to their sources."""

import re

import pytest

from guidance.calculators.function import SUBTYPES
from guidance.engine.edition import load_edition
from tests.shared import SHARED

SOURCES = SHARED / "sources"
EDITION = load_edition()
ROWS = {row.id: row for tables in EDITION.tables.values() for table in tables for row in table.rows}


def rows_of(file):
    return [row for table in EDITION.tables[file] for row in table.rows]


def numbered(prefix, last, first=1):
    return {f"{prefix}-{number:02}" for number in range(first, last + 1)}


@pytest.mark.parametrize(
    ("file", "ids"),
    [
        ("classification", numbered("CLS", 10)),
        ("classification", {f"WHO2010-{name}" for name in ("G1", "G2", "G3", "MANEC", "PRE")}),
        (
            "classification",
            {
                f"WHO{year}-{name}"
                for year in (2017, 2019, 2022)
                for name in ("G1", "G2", "G3", "NEC")
            },
        ),
        (
            "classification",
            {
                f"TNM-{system}-{name}"
                for system in (1, 2, 3)
                for name in ("T1", "T2", "T3", "T4", "N0", "N1", "M0")
            },
        ),
        ("classification", {"TNM-1-M1", "TNM-2-M1", "TNM-3-M1a", "TNM-3-M1b", "TNM-3-M1c"}),
        ("classification", {"TNM-1", "TNM-2", "TNM-3", "STAGE-IV", "STAGE-NONE"}),
        ("classification", {f"CLS-08-{name.upper()}" for name in SUBTYPES}),
        ("response", numbered("RSP", 7) | {"RSP-01b"}),
        ("response", numbered("GRW", 3)),
        ("prognosis", numbered("PRG", 22)),
        ("performance", numbered("DP", 26)),
        ("reports", numbered("PRE", 7)),
        ("protocols", numbered("PR", 21, first=5) - {"PR-11", "PR-17"}),
    ],
)
def test_every_rule_of_the_specification_has_its_row(file, ids):
    assert ids <= {row.id for row in rows_of(file)}


def test_the_remaining_protocols_belong_to_a_rated_study():
    rated = {entry["id"] for entry in EDITION.content["protocols"]["protocols"]}
    assert rated == {"PR-01", "PR-02", "PR-03", "PR-04a", "PR-04b", "PR-11", "PR-17"}


def test_no_rule_stands_twice():
    ids = [row.id for file in EDITION.tables for row in rows_of(file)]
    assert len(ids) == len(set(ids))
    tables = [table.id for tables in EDITION.tables.values() for table in tables]
    assert len(tables) == len(set(tables))


def test_every_column_has_a_cell():
    # Tables of one file may share their columns, so that they read alike.
    for file, tables in EDITION.tables.items():
        used = {key for row in rows_of(file) for key in row.cells}
        assert used == {column.key for table in tables for column in table.columns}, file


def test_figures_come_with_their_population():
    bare = [
        row.id
        for file in ("performance", "prognosis", "response")
        for table in EDITION.tables[file]
        if "population" in {column.key for column in table.columns}
        for row in table.rows
        if "population" not in row.cells
    ]
    # What follows from two metrics has no population of its own.
    assert bare == ["GRW-03"]
    for table in EDITION.tables["performance"]:
        if table.id.startswith("performance-"):
            assert "must not be compared" in table.note, table.id


BEYOND = re.compile(r"^(WHO20(17|19|22)|TNM-3|STAGE-AJCC8|RECIST|MRECIST|CHOI)(-|$)")


def test_what_no_source_says_cites_none():
    assert {row.id for row in ROWS.values() if BEYOND.match(row.id)} == {
        row.id for row in ROWS.values() if row.source == "BS"
    }


def test_prose_is_american():
    british = re.compile(
        r"tumour|haem|oedem|oesoph|diarrhoea|behaviour|colour|centre|fibre|labell|analogue"
        r"|isation|ischaem|favour|grey",
        re.IGNORECASE,
    )
    for file, tables in EDITION.tables.items():
        for table in tables:
            spoken = [table.title, table.note, *(column.label for column in table.columns)]
            spoken += [text for row in table.rows for text in row.cells.values()]
            assert [text for text in spoken if british.search(text)] == [], file


#: Figures of a row that its cited lines do not print as such, and why.
ELSEWHERE = {
    "RSP-01": {"2", "5"},  # printed as words
    "CLS-08-GASTRINOMA": {"20"},  # printed as a word
    "CLS-10-GASTRINOMA": {"20"},  # printed as a word
    "PRG-07": {"10"},  # the exponent that the source lost
    "DP-23": {"10"},  # the exponent that the source lost
    "TNM-2": {"7"},  # edition of UICC, beyond the sources
    "GRW-02": {"100", "3", "30.4375"},  # formula, beyond the sources
    "GRW-03": {"100", "104", "90", "4.06", "16.23", "16.99", "17"},  # computed
}
FIGURE = re.compile(r"(?<![\w.^-])\d+(?:\.\d+)?(?!\w)")


def cited(source):
    for part in source.split("; "):
        document, _, ranges = part.partition(" ")
        for found in ranges.split(", ") if ranges else ():
            first, _, last = found.replace("L", "").partition("-")
            yield document, int(first), int(last or first)


@pytest.fixture(scope="module")
def documents():
    if not SOURCES.exists():
        pytest.skip(f"no source documents at {SOURCES}; set TUMORBOARD_SHARED")
    return {
        source["tag"]: (SOURCES / source["file"]).read_text(encoding="utf-8").splitlines()
        for source in EDITION.sources
    }


@pytest.mark.shared
def test_cited_lines_begin_and_end_with_text(documents):
    blank = [
        (row.id, document, number)
        for row in ROWS.values()
        for document, first, last in cited(row.source)
        for number in (first, last)
        if not documents[document][number - 1].strip()
    ]
    assert blank == []


@pytest.mark.shared
def test_every_figure_stands_in_the_cited_lines(documents):
    for row in ROWS.values():
        if row.source == "BS":
            continue
        printed = " ".join(
            line
            for document, first, last in cited(row.source)
            for line in documents[document][first - 1 : last]
        )
        said = " ".join(row.cells.values()).replace("WHO 2010", "")
        figures = set(FIGURE.findall(said)) - set(re.findall(r"\d+(?:\.\d+)?", printed))
        assert figures == ELSEWHERE.get(row.id, set()), row.id
