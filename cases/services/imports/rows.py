"""What one row says, and everything that is wrong with it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.models import Patient
from cases.models.fact_answer import UNKNOWN
from cases.models.search_key import search_key
from cases.services.errors import Invalid
from cases.services.fact_answers import checked
from cases.services.imports.fields import FIELDS, RECORD_NUMBER, Field
from cases.services.imports.identifiers import swapped
from cases.services.imports.values import CellError, read_cell
from cases.services.patients import implausible

#: The case's title where the row has none.
PANCREATIC_TITLE = "Pancreatic neuroendocrine tumor"
OTHER_TITLE = "Imported case"
#: Facts that fields answer.
FACTS = frozenset(field.fact for field in FIELDS.values() if field.fact)
#: How much of a cell an error quotes.
QUOTED = 100


@dataclass(frozen=True, slots=True)
class NewCase:
    """A row as it will be written; `answers` is fact -> value as it is stored."""

    record_number: str
    family_name: str = ""
    given_name: str = ""
    birth_date: datetime.date | None = None
    sex: str = ""
    title: str = OTHER_TITLE
    board_question: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell."""

    column: str
    field: str
    value: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """As the row keeps it."""
        return {
            "column": self.column,
            "field": self.field,
            "value": self.value[:QUOTED],
            "reason": _sentence(self.reason),
        }


class Columns:
    """The mapped columns of a file: reads rows by them."""

    def __init__(self, headings: Sequence[str], mapping: Mapping[str, str]) -> None:
        self.headings = headings
        self._mapped = [
            (position, heading, FIELDS[mapping[heading]])
            for position, heading in enumerate(headings)
            if mapping.get(heading)
        ]
        self.record_number = next(
            position for position, _, field in self._mapped if field.name == RECORD_NUMBER
        )

    def read(self, cells: Sequence[str]) -> tuple[NewCase, list[Problem]]:
        """The case of a row, and what is wrong with it; the case counts only if nothing is."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        origin: dict[str, tuple[str, Field, str]] = {}
        for position, heading, meaning in self._mapped:
            text = cells[position]
            try:
                value = read_cell(meaning, text)
            except CellError as error:
                problems.append(Problem(heading, meaning.name, text, str(error)))
                continue
            for name in meaning.writes:
                origin[name] = (heading, meaning, text)
            values |= _written(meaning, value)
        case, errors = _case(values)
        for name, reasons in errors.items():
            heading, meaning, text = origin[name]
            problems += [Problem(heading, meaning.name, text, reason) for reason in reasons]
        if not case.record_number:
            problems.insert(0, self._about_number(cells, "is missing; every row needs one"))
        return case, problems

    def across(self, rows: Sequence[tuple[int, Sequence[str]]]) -> dict[int, list[Problem]]:
        """What is wrong with rows when they are seen together, by line."""
        found: dict[int, list[Problem]] = {}
        first: dict[str, int] = {}
        reasons = swapped(self.headings, rows, record_number=self.record_number)
        for line, cells in rows:
            if line in reasons:
                found.setdefault(line, []).append(self._about_number(cells, reasons[line]))
            key = search_key(cells[self.record_number])
            if key and first.setdefault(key, line) != line:
                reason = f"is already in line {first[key]}; one row is one case"
                found.setdefault(line, []).append(self._about_number(cells, reason))
        return found

    def _about_number(self, cells: Sequence[str], reason: str) -> Problem:
        text = cells[self.record_number]
        return Problem(self.headings[self.record_number], RECORD_NUMBER, text, reason)


def _written(meaning: Field, value: Any) -> dict[str, Any]:
    """What a value sets; empty where nobody asked, and where a field of the patient is unknown."""
    if value is None or (not meaning.fact and value == UNKNOWN):
        return {}
    if meaning.name == "full_name":
        family, given = value.split(",")
        return {"family_name": family.strip(), "given_name": given.strip()}
    return {meaning.writes[0]: value}


def _case(values: Mapping[str, Any]) -> tuple[NewCase, dict[str, list[str]]]:
    """The case that the values make, and the reasons of those that cannot be accepted."""
    date = values.get("birth_date")
    patient = Patient(
        record_number=values.get("record_number", ""),
        family_name=values.get("family_name", ""),
        given_name=values.get("given_name", ""),
        birth_date=datetime.date.fromisoformat(date) if date else None,
        sex=values.get("sex", ""),
    )
    # A row without a record number is spoken of elsewhere.
    errors: dict[str, list[str]] = implausible(patient) if patient.record_number else {}
    try:
        answers = checked({name: value for name, value in values.items() if name in FACTS})
    except Invalid as error:
        errors |= error.errors
        answers = {}
    pancreatic = answers.get("primary_site") == "pancreas"
    case = NewCase(
        record_number=patient.record_number,
        family_name=patient.family_name,
        given_name=patient.given_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        title=values.get("case_title") or (PANCREATIC_TITLE if pancreatic else OTHER_TITLE),
        board_question=values.get("board_question", ""),
        answers=answers,
    )
    return case, errors


def _sentence(reason: str) -> str:
    text = reason[:1].upper() + reason[1:]
    return text if text.endswith((".", "?")) else f"{text}."
