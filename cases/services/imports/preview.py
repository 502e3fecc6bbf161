"""What good rows will become, in words, before they are written."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import ImportFile, ImportRow
from cases.models.fact_answer import UNKNOWN
from cases.services.imports.rows import Columns, NewCase
from guidance.engine.dictionary import DICTIONARY
from tumorboard.formats import day


@dataclass(frozen=True)
class Preview:
    """One row as a case: its line, the case, and its answers as (fact's label, value)."""

    line: int
    case: NewCase
    answers: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """Family name first; empty where it is unknown."""
        return ", ".join(part for part in (self.case.family_name, self.case.given_name) if part)


def previews(file: ImportFile, rows: Iterable[ImportRow]) -> list[Preview]:
    """The cases that the rows of a checked file will become."""
    columns = Columns(file.columns, file.mapping)
    found = []
    for row in rows:
        case, _problems = columns.read(row.cells)
        answers = [(DICTIONARY[fact].label, _words(fact, v)) for fact, v in case.answers.items()]
        found.append(Preview(row.number, case, answers))
    return found


def _words(fact: str, value: object) -> str:
    definition = DICTIONARY[fact]
    if value == UNKNOWN:
        return "unknown"
    if definition.kind == "date":
        return day(datetime.date.fromisoformat(str(value)))
    if value in definition.value_labels:
        return definition.value_labels[value]
    return f"{value} {definition.unit}".strip()
