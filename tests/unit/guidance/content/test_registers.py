"""The registers of an edition: complete, consistent with each other, and cited rightly."""

import re

import pytest

from guidance.calculators import clocks
from guidance.engine.content import FILES
from guidance.engine.edition import compile_edition, load_edition
from guidance.engine.schema import validator
from tests.shared import SHARED
from tests.unit.guidance.content.citations import CITED

EDITION = load_edition()
CONTENT = EDITION.content
SPECIFICATION = SHARED / "clinical" / "specification.md"
NAMED_ELSEWHERE = re.compile(r"\b[AN]-\d{2}\b")
UMBRELLA = "SC-11"

shared = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason=f"no specification at {SPECIFICATION}; set TUMORBOARD_SHARED"
)


def strings(node):
    if isinstance(node, str):
        yield node
    if isinstance(node, dict):
        for key, child in node.items():
            yield key
            yield from strings(child)
    if isinstance(node, list):
        for child in node:
            yield from strings(child)


def numbered(letter, last):
    return [f"{letter}-{number:02d}" for number in range(1, last + 1)]


def lines(source):
    """The lines of each document that a source cites."""
    found = {}
    for part in source.split("; "):
        tag, _, cited = part.partition(" ")
        for first, last in CITED.findall(cited):
            found.setdefault(tag, set()).update(range(int(first), int(last or first) + 1))
    return found


def test_the_registers_are_complete():
    assert [entry.id for entry in EDITION.disagreements] == numbered("N", 53)
    assert [entry.id for entry in EDITION.ambiguities] == numbered("A", 44)
    topics = [gap.number for gap in EDITION.uncovered if gap.part == "uncovered"]
    assert topics == list(range(1, 38))
    assert sum(gap.part == "feasibility" for gap in EDITION.uncovered) == 11


def test_an_edition_without_registers_has_empty_ones():
    missing = {"disagreements", "ambiguities", "uncovered"}
    bare = compile_edition({name: CONTENT[name] for name in FILES if name not in missing})
    assert (bare.disagreements, bare.ambiguities, bare.uncovered) == ((), (), ())


@pytest.mark.shared
@shared
def test_severity_and_risk_are_those_of_the_specification():
    text = SPECIFICATION.read_text(encoding="utf-8")
    severities = dict(re.findall(r"^\| (N-\d{2}) \| ([HML]) \|", text, re.MULTILINE))
    risks = dict(re.findall(r"^\| (A-\d{2}) \|.*\| (\w+) \|$", text, re.MULTILINE))
    ours = {entry.id: entry.severity for entry in EDITION.disagreements}
    assert ours | severities == ours
    assert ours.keys() - severities.keys() == {"N-50", "N-51", "N-52", "N-53"}
    assert {entry.id: entry.risk for entry in EDITION.ambiguities} == risks


def test_every_entry_that_is_named_anywhere_exists():
    known = {entry.id for entry in (*EDITION.disagreements, *EDITION.ambiguities)}
    named = {
        name
        for part in CONTENT.values()
        for text in strings(part)
        for name in NAMED_ELSEWHERE.findall(text)
    }
    assert len(named & known) > 50
    assert named - known == set()


@pytest.mark.parametrize("entry", EDITION.disagreements, ids=lambda entry: entry.id)
def test_the_source_of_a_disagreement_is_that_of_its_sides(entry):
    sides = {}
    for side in entry.sides:
        assert list(lines(side.source)) == [side.tag]
        sides.setdefault(side.tag, set()).update(*lines(side.source).values())
    for tag, cited in sides.items():
        assert cited <= lines(entry.source)[tag]
    assert set(lines(entry.source)) == set(sides)


def test_a_disagreement_has_two_sides_unless_a_document_is_at_odds_with_itself():
    alone = {entry.id for entry in EDITION.disagreements if len(entry.sides) == 1}
    # Misprints and wording of one place, and a figure from another population.
    assert alone == {"N-21", "N-22", "N-24", "N-36", "N-48"}


def codes_of_the_edition():
    """Everything in the edition that has a code of its own, and the reasons for no cover."""
    found = {f"NOT_COVERED:{reason}" for reason in EDITION.catalogue.not_covered}

    def walk(node):
        if isinstance(node, dict):
            found.update(node[key] for key in ("id", "code") if isinstance(node.get(key), str))
            for child in node.values():
                walk(child)
        if isinstance(node, list):
            for child in node:
                walk(child)

    walk({name: part for name, part in CONTENT.items() if name not in {"disagreements"}})
    return found


def test_every_concern_exists_in_the_edition():
    entries = (*EDITION.disagreements, *EDITION.uncovered)
    concerns = {code for entry in entries for code in entry.concern.codes}
    assert len(concerns) > 60
    assert concerns - codes_of_the_edition() == set()


def test_a_topic_that_another_says_names_it():
    topics = {gap.number for gap in EDITION.uncovered if gap.number}
    assert {gap.within for gap in EDITION.uncovered if gap.within} <= topics


def test_scenarios_without_an_interval_are_said_to_have_none():
    rules = EDITION.intervals.rules
    without = {application.scenario for application in rules["FU-09"].applications}
    named = {entry.id for entry in EDITION.catalogue.scenarios.values() if entry.status == "NAMED"}
    assert without == named - {UMBRELLA}
    said = next(gap for gap in EDITION.uncovered if gap.part == "intervals")
    assert without <= set(said.concern.codes)
    for scenario in without:
        rows = [
            row
            for row in rules["FU-09"].rows
            if row.condition.test({"@scenario": scenario}) is True
        ]
        assert len(rows) == 1


def test_receptor_imaging_is_due_by_the_months_of_the_content():
    rows = EDITION.intervals.rules["FU-02b"].rows
    assert [row.window for row in rows] == [
        clocks.G1_EVERY,
        clocks.G2_G3_FIRST,
        clocks.G2_G3_EVERY,
    ]


def entry(**changes):
    return {
        "id": "N-01",
        "severity": "H",
        "text": "x",
        "statements": [{"text": "x", "source": "000 L5"}],
        "handling": "x",
        "concerns": [],
        "source": "000 L5; INT",
        **changes,
    }


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("disagreements", {"disagreements": [entry(severity="X")]}),
        ("disagreements", {"disagreements": [entry(id="N-1")]}),
        ("disagreements", {"disagreements": [entry(statements=[])]}),
        # A side that mixes two documents would have two dates.
        (
            "disagreements",
            {"disagreements": [entry(statements=[{"text": "x", "source": "000 L5; 001 L5"}])]},
        ),
        ("disagreements", {"disagreements": [entry(concerns=["something else"])]}),
        ("disagreements", {"disagreements": [entry(when="not a condition")]}),
        (
            "ambiguities",
            {
                "ambiguities": [
                    {"id": "A-01", "point": "x", "choice": "x", "risk": "none", "source": "INT"}
                ]
            },
        ),
        ("uncovered", {"uncovered": [], "feasibility": [], "intervals": []}),
    ],
)
def test_a_register_that_breaks_its_schema_is_refused(name, broken):
    assert not validator(name).is_valid(broken)


def test_an_entry_as_these_tests_make_them_is_accepted():
    assert validator("disagreements").is_valid({"disagreements": [entry()]})
