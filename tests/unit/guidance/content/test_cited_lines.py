"""Every cited line is opened in its document, and every figure is sought in the cited lines."""

import pytest

from tests.unit.guidance.content.citations import (
    SOURCES,
    Statement,
    edition_statements,
    figures,
    unfounded_figures,
    unfounded_lines,
)

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SOURCES.exists(), reason=f"no source documents at {SOURCES}; set TUMORBOARD_SHARED"
    ),
]

#: Figures that do not stand in the cited lines, by place, each with its reason.
EXCEPTIONS = {
    "checks/checks/W-GRADE-GAP: 2 %": "the unit is the head of the table's column, above the lines",
    "checks/checks/W-GRADE-GAP: 3 %": "the unit is the head of the table's column, above the lines",
    "explanations/growth/reasons/out_of_range: 1000 %": "a limit on input, nothing clinical",
}


def is_excepted(problem):
    return any(problem.startswith(f"{place} is not in") for place in EXCEPTIONS)


def test_every_cited_line_holds_text():
    found = [
        problem for statement in edition_statements() for problem in unfounded_lines(statement)
    ]
    assert found == []


def test_every_figure_stands_in_the_cited_lines():
    found = [
        problem
        for statement in edition_statements()
        for problem in unfounded_figures(statement)
        if not is_excepted(problem)
    ]
    assert found == []


def test_every_exception_is_still_needed():
    found = [
        problem for statement in edition_statements() for problem in unfounded_figures(statement)
    ]
    idle = [
        place
        for place in EXCEPTIONS
        if not any(problem.startswith(f"{place} is not in") for problem in found)
    ]
    assert idle == []


def test_the_walk_reaches_the_whole_edition():
    found = edition_statements()
    assert len({statement.place.partition("/")[0] for statement in found}) > 20
    assert sum(1 for statement in found for _ in statement.citations) > 1000
    assert sum(1 for statement in found for _ in figures(statement)) > 500


@pytest.mark.parametrize(
    "source",
    [
        "000 L52",  # blank
        "000 L93",  # after the last line
        "003 L64-L61",  # backwards
        "001 L5; 004 L610",  # only the second is wrong
    ],
)
def test_a_line_that_is_blank_or_not_there_is_found(source):
    assert unfounded_lines(Statement("made up", source)) != []


def test_a_range_may_start_or_end_at_a_blank_line():
    assert unfounded_lines(Statement("made up", "004 L82-L84")) == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        # Right: number and unit stand there, in words, in another unit, or as "yearly".
        (Statement("made up", "000 L53", texts=("MRI in 2 to 3 months.",)), []),
        (Statement("made up", "004 L156", texts=("20 % belong to MEN1.",)), []),
        (Statement("made up", "004 L658", conditions=("primary_size_mm < 20",)), []),
        (Statement("made up", "001 L64", months=(12,)), []),
        (Statement("made up", "003 L354-L357", cells=("90 (77-100)",)), []),
        # Wrong line, wrong number, wrong unit.
        (Statement("made up", "000 L51", texts=("MRI in 2 to 3 months.",)), ["2", "3"]),
        (Statement("made up", "000 L53", texts=("MRI in 2 to 4 months.",)), ["4"]),
        (Statement("made up", "004 L819-L822", texts=("Above 8 % of the liver.",)), ["8"]),
        (Statement("made up", "004 L655", conditions=({"any": ["primary_size_mm < 20"]},)), ["20"]),
        (Statement("made up", "001 L64", months=(3,)), ["3"]),
        (Statement("made up", "003 L354-L357", cells=("90 (77-99)",)), ["99"]),
        # A figure without a document behind it.
        (Statement("made up", "INT", texts=("After 6 months.",)), ["6"]),
        # Beyond the sources, and said so.
        (Statement("made up", "000 L53; BS", texts=("After 7 months.",)), []),
    ],
)
def test_a_figure_that_the_lines_do_not_bear_out_is_found(statement, wrong):
    found = unfounded_figures(statement)
    assert [problem.split(": ")[1].split()[0] for problem in found] == wrong


def test_numbers_of_codes_and_references_are_no_figures():
    text = "Ki-67, G2, Ga-68, GLP-1, WHO 2010, RECIST 1.1 and FU-02b"
    assert list(figures(Statement("made up", "INT", cells=(text,)))) == []
    # "[85-88]" numbers the references of this line.
    assert unfounded_figures(Statement("made up", "004 L817", texts=("85 %",))) != []
