"""Reading pasted laboratory values: one value a line, into rows that a person confirms.

"Chromogranin A 345 ng/mL (<100) 12.03.2026" is a name, a value, a unit, limits and a date. What
is not understood is shown as it was typed; nothing is guessed and nothing is written.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cases.selectors.analytes import Analyte, catalogue
from tumorboard.date_field import parse_day

#: Longer pastes are read up to here.
MOST_LINES = 200
#: No line of a report has more characters; what is longer is not matched against anything.
LONGEST_LINE = 300
#: No name of an analyte has more words.
LONGEST_NAME = 6

#: Whole and bounded: neither a part of a longer number, nor costly to look for in one.
NUMBER = r"(?<!\d)(?<!\d[.,])\d{1,12}(?:[.,]\d{1,6})?(?![.,]?\d)"
READING = re.compile(rf"([<>\u2264\u2265]=?)?\s*({NUMBER})(?!\s*[-\u2013]\s*\d)", re.ASCII)
RANGE = re.compile(rf"({NUMBER})\s*(?:-|\u2013|\u2212|to)\s*({NUMBER})", re.ASCII)
BELOW = re.compile(rf"(?:<|\u2264|<=|up to|bis)\s*=?\s*({NUMBER})", re.ASCII | re.IGNORECASE)
ABOVE = re.compile(rf"(?:>|\u2265|>=|from|ab)\s*=?\s*({NUMBER})", re.ASCII | re.IGNORECASE)
DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"\b\d{4}-\d{2}-\d{2}\b",
        r"\b\d{1,2}\.\d{1,2}\.\d{4}\b",
        r"\b\d{1,2}[ .-]*[A-Za-z]{3,9}[ .,-]*\d{4}\b",
        r"\b[A-Za-z]{3,9} \d{1,2},? \d{4}\b",
    )
)
#: A day that could be read as a month: the person says which.
AMBIGUOUS = re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", re.ASCII)
#: What laboratories print beside a value to say that it is out of limits.
FLAG = re.compile(r"^(?:\(?[HL+*!-]{1,2}\)?|\u2191|\u2193|high|low)(?=\s|$)", re.IGNORECASE)
#: Punctuation between a name and its value.
AROUND = " \t:;=|,"


class PastedValue(NamedTuple):
    """One line that was understood; texts as a form holds them, empty where nothing was said."""

    analyte: str
    reading: str
    unit: str
    lower: str
    upper: str
    taken_on: datetime.date | None


@dataclass(frozen=True)
class Pasted:
    """What was pasted: rows to confirm, and the lines that were not understood."""

    values: tuple[PastedValue, ...]
    unread: tuple[str, ...]


def read(text: str) -> Pasted:
    """Read pasted text line by line; a date in a line of its own holds for the lines after it."""
    values: list[PastedValue] = []
    unread: list[str] = []
    lines = text.splitlines()
    since: datetime.date | None = None
    for raw in lines[:MOST_LINES]:
        line = " ".join(raw.split())
        if len(line) > LONGEST_LINE:
            unread.append(line)
            continue
        date, rest = _take_date(line)
        told = AMBIGUOUS.search(rest)
        value = _value(AMBIGUOUS.sub("", rest), date or (None if told else since))
        if value is not None:
            values.append(value)
        elif date is not None and not any(letter.isdigit() for letter in rest):
            since = date
        elif line:
            unread.append(line)
    unread += [line for line in lines[MOST_LINES:] if line.strip()]
    return Pasted(tuple(values), tuple(unread))


def _take_date(line: str) -> tuple[datetime.date | None, str]:
    """The first date of a line that cannot be misread, and the line without it."""
    for pattern in DATES:
        for found in pattern.finditer(line):
            date = _date(found[0])
            if date is not None:
                return date, f"{line[: found.start()]} {line[found.end() :]}".strip()
    return None, line


def _date(text: str) -> datetime.date | None:
    """The day; written with points it begins with the day, as nobody writes a month so."""
    if "." in text and text.replace(".", "").isdigit():
        text = "-".join(f"{int(part):02}" for part in reversed(text.split(".")))
    return parse_day(text)


def _value(line: str, date: datetime.date | None) -> PastedValue | None:
    named = next(_named(line), None)
    if named is None:
        return None
    analyte, rest = named
    found = READING.match(rest)
    if found is None:
        return None
    sign = (found[1] or "").replace("\u2264", "<").replace("\u2265", ">").rstrip("=")
    after = rest[found.end() :].strip(AROUND)
    after = FLAG.sub("", after).strip(AROUND)
    unit, after = _take_unit(analyte, after)
    lower, upper = _limits(after)
    return PastedValue(analyte.code, sign + _decimal(found[2]), unit, lower, upper, date)


def _named(line: str) -> Iterator[tuple[Analyte, str]]:
    """The longest name at the start of the line, and what follows it."""
    words = line.split(" ")
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        analyte = catalogue().named(" ".join(words[:count]).rstrip(AROUND))
        if analyte is not None:
            yield analyte, " ".join(words[count:]).lstrip(AROUND)


def _take_unit(analyte: Analyte, text: str) -> tuple[str, str]:
    """The unit at the start of the text where it is one of the analyte's, and what follows it."""
    words = text.split(" ")
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        unit = analyte.unit_named(" ".join(words[:count]).rstrip(AROUND))
        if unit is not None:
            return unit, " ".join(words[count:])
    return "", text


def _limits(text: str) -> tuple[str, str]:
    found = RANGE.search(text)
    if found is not None:
        return _decimal(found[1]), _decimal(found[2])
    below, above = BELOW.search(text), ABOVE.search(text)
    return _decimal(above[1]) if above else "", _decimal(below[1]) if below else ""


def _decimal(number: str) -> str:
    """A number with a point; where a comma may mean a thousand it stands as it was typed."""
    whole, comma, part = number.partition(",")
    may_be_thousand = len(part) == 3 and whole != "0"
    return number if not comma or may_be_thousand else f"{whole}.{part}"
