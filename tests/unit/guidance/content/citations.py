"""Statements of an edition with their citations, and the figures that a citation must bear out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from guidance.engine.edition import load_edition
from tests.shared import SHARED

SOURCES = SHARED / "sources"
EDITION = load_edition()
DOCUMENTS = {source["tag"]: SOURCES / source["file"] for source in EDITION.sources}
#: Keys whose value is no statement: codes, addresses, what is compiled.
NO_STATEMENT = {"source", "id", "code", "sha256", "file", "tag", "unit", "scenario", "rule"}
CONDITIONS = {"when", "unless", "done_when"}

CITED = re.compile(r"L(\d+)(?:-L(\d+))?")
NUMBER = r"\d+(?:\.\d+)?"
#: A number that is none of a code's ("Ki-67", "G1", "Ga-68", "WHO 2010", "RECIST 1.1").
FREE = rf"(?<![\w.])(?<![A-Za-z^]-)(?<!WHO )(?<!RECIST )(?<!AJCC )(?<!UICC ){NUMBER}"
#: The same in a document, where "b800 s/mm2" is a figure and "68Ga" or "3D" is none.
PRINTED = re.compile(rf"(?<![A-Zac-z\d.])(?<![A-Za-z]-){NUMBER}(?![\dA-Za-z])")
JOIN = r"\s*(?:-|to|and|or|vs\.?|,|- to|± ?)\s*"
UNIT = (
    r"%|percent|mm|cm|months?|weeks?|years?|days?|hours?|h|mSv|ml/s|min|s|mitoses|HPF|mm2/s"
    r"|patients|lesions|tumors|metastases|cases|targets|times|-?fold|x"
)
FIGURE = re.compile(rf"({FREE}(?:{JOIN}{NUMBER})*)[\s-]*({UNIT})(?![\w])")
STANDALONE = re.compile(rf"{FREE}(?![\w])")
LIMIT = re.compile(rf"^([a-z0-9_]+) (?:=|>=|<=|>|<) ({NUMBER})$")

WORDS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "twenty": "20",
    "half": "50%",
}
WORD = re.compile(rf"\b({'|'.join(WORDS)})\b(?!-life)", re.IGNORECASE)
YEARLY = re.compile(r"\b(year|yearly|annual|annually)\b", re.IGNORECASE)
#: "[85-88]", "Marin et al.53" and "(68.8%).56" number a reference, not a finding.
REFERENCE = re.compile(
    r"\[[\d,\- ]+\]"
    r"|(?:(?<=[A-Za-z]{2})|(?<=[A-Za-z]{2}[.,;)])|(?<=\)\.))\d+(?:[,\-]\d+)*(?=\s|$|[.;:)])"
)
PERCENT = {"%", "percent"}
IN_PERCENT = re.compile(
    rf"({NUMBER}%?(?:\s*(?:-|to|and|or|vs\.?|,)\s*{NUMBER}%?)*)\s*(?:%|percent)"
)
#: The head of a column whose numbers are all in percent.
PERCENT_COLUMN = "(%)"
#: En and em dash, with which the documents print ranges.
DASHES = {0x2013: "-", 0x2014: "-"}
PER_YEAR = 12
MM_PER_CM = 10


@dataclass(frozen=True)
class Statement:
    """Texts and numbers that stand under one source; `place` says where in which file."""

    place: str
    source: str
    texts: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    conditions: tuple[Any, ...] = ()
    months: tuple[int, ...] = ()

    @property
    def citations(self) -> Iterator[tuple[str, int, int]]:
        """Document, first and last line of everything that the source cites."""
        for part in self.source.split("; "):
            tag, _, lines = part.partition(" ")
            for first, last in CITED.findall(lines):
                yield tag, int(first), int(last or first)


def statements(node: Any, place: str, source: str = "") -> Iterator[Statement]:
    """Yield every statement of a piece of content, under the nearest source above it."""
    if isinstance(node, list):
        for number, child in enumerate(node):
            yield from statements(child, f"{place}/{_name(child) or number}", source)
    if not isinstance(node, dict):
        return
    source = node.get("source", source)
    if isinstance(source, str) and source:
        spoken = {key: value for key, value in node.items() if key not in NO_STATEMENT | CONDITIONS}
        window = node.get("window")
        yield Statement(
            place=place,
            source=source,
            texts=tuple(value for key, value in spoken.items() if isinstance(value, str)),
            cells=tuple(node.get("cells", {}).values()),
            conditions=tuple(node[key] for key in CONDITIONS if key in node),
            months=tuple(part for part in window or () if isinstance(part, int)),
        )
    for key, child in node.items():
        if key not in CONDITIONS | {"cells"}:
            yield from statements(child, f"{place}/{key}", source)


def _name(node: Any) -> Any:
    """Return what an item of a list is called, so that a place outlives a changed order."""
    if not isinstance(node, dict):
        return None
    return next((node[key] for key in ("id", "code", "name", "number") if key in node), None)


def edition_statements() -> list[Statement]:
    return [
        found for name, content in EDITION.content.items() for found in statements(content, name)
    ]


@cache
def lines_of(tag: str) -> tuple[str, ...]:
    text = DOCUMENTS[tag].read_text(encoding="utf-8").translate(DASHES)
    return tuple(text.split("\n"))


def unfounded_lines(statement: Statement) -> list[str]:
    """Return the citations that point to no line, or to nothing but blank ones."""
    return [
        f"{statement.place}: {tag} L{first}-L{last}"
        for tag, first, last in statement.citations
        if not 1 <= first <= last <= len(lines_of(tag))
        or not any(line.strip() for line in lines_of(tag)[first - 1 : last])
    ]


@dataclass(frozen=True)
class Cited:
    """The numbers that stand in the cited lines of a statement, and those among them in percent."""

    numbers: frozenset[float]
    percents: frozenset[float]

    def bears(self, value: float, unit: str) -> bool:
        """Return whether a figure stands there, in its own unit or in that of the document."""
        if unit in PERCENT:
            return value in self.percents
        same = {value}
        if unit == "mm":
            same.add(value / MM_PER_CM)
        if unit.startswith("month"):
            same.add(value / PER_YEAR)
        if unit.startswith("year"):
            same.add(value * PER_YEAR)
        return not same.isdisjoint(self.numbers)


def read_cited(statement: Statement) -> Cited:
    passages = [
        " ".join(lines_of(tag)[first - 1 : last]) for tag, first, last in statement.citations
    ]
    text = " ".join(passages)
    numbers = {1.0, float(PER_YEAR)} if YEARLY.search(text) else set()
    text = in_digits(REFERENCE.sub(" ", text))
    numbers |= read_numbers(text)
    in_percent = text if PERCENT_COLUMN in text else " ".join(IN_PERCENT.findall(text))
    return Cited(frozenset(numbers), frozenset(read_numbers(in_percent)))


def read_numbers(text: str) -> set[float]:
    return {float(number) for number in PRINTED.findall(text)}


def in_digits(text: str) -> str:
    return WORD.sub(lambda match: WORDS[match[0].lower()], text)


def figures(statement: Statement) -> Iterator[tuple[float, str]]:
    """Yield every figure of a statement with its unit; table cells may leave the unit out."""
    for text in (*statement.texts, *statement.cells):
        for chain, unit in FIGURE.findall(in_digits(text)):
            for number in re.findall(NUMBER, chain):
                yield float(number), unit
    for text in statement.cells:
        for number in STANDALONE.findall(text):
            yield float(number), ""
    for month in statement.months:
        yield float(month), "months"
    for condition in statement.conditions:
        yield from limits(condition)


def limits(condition: Any) -> Iterator[tuple[float, str]]:
    """Yield the limits that a condition sets on facts, with the unit that the fact's name says."""
    if isinstance(condition, str) and (match := LIMIT.match(condition)):
        name, number = match.groups()
        unit = "mm" if name.endswith("_mm") else "months" if "months" in name else ""
        yield float(number), unit
    if isinstance(condition, dict):
        for parts in condition.values():
            for part in parts if isinstance(parts, list) else [parts]:
                yield from limits(part)


def unfounded_figures(statement: Statement) -> list[str]:
    """Return the figures that the cited lines do not bear out; BS says that they need not.

    Zero is left out: it is how a condition asks whether a figure is known at all.
    """
    if "BS" in statement.source.split("; "):
        return []
    cited = read_cited(statement)
    return [
        f"{statement.place}: {value:g} {unit} is not in {statement.source}"
        for value, unit in dict.fromkeys(figures(statement))
        if value and not cited.bears(value, unit)
    ]
