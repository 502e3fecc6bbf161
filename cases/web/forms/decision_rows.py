"""The rows of a decision's form, as they are typed: recommendations and dissents."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from cases.models.conclusion import RecommendationKind
from cases.selectors.recommended import Codes

PREFIX = "recommendations"
DISSENTS = "dissents"
#: How many rows a page takes; more is not a decision of one board on one case.
MOST_ROWS = 20
#: Rows that an empty form begins with.
FIRST_ROWS = 2
CODED_KINDS = (RecommendationKind.IMAGING, RecommendationKind.TREATMENT)


@dataclass(frozen=True)
class TypedRow:
    """One recommendation as it stands in the form; `alternative_to` is the number of a row."""

    kind: str = ""
    code: str = ""
    text: str = ""
    intent: str = ""
    alternative_to: str = ""
    due_on: str = ""
    owner_id: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it recommends nothing, whoever may own that."""
        return not (self.kind or self.code or self.text)

    @property
    def begun(self) -> "TypedRow":
        """The row while it is still being typed: words without a kind are of another kind."""
        if not self.code and not self.text:
            return TypedRow()
        return self if self.kind else replace(self, kind=str(RecommendationKind.OTHER))


@dataclass(frozen=True)
class TypedDissent:
    """One dissent as it stands in the form."""

    name: str = ""
    text: str = ""


NAMES = tuple(field.name for field in fields(TypedRow))
DISSENT_NAMES = tuple(field.name for field in fields(TypedDissent))


def typed_rows(data: Mapping[str, Any]) -> list[TypedRow]:
    """The rows of a posted form, blank ones too, as many as its highest index says."""
    return [TypedRow(**row) for row in _typed(data, PREFIX, NAMES)]


def typed_dissents(data: Mapping[str, Any]) -> list[TypedDissent]:
    """The dissents of a posted form in which something is typed."""
    found = (TypedDissent(**row) for row in _typed(data, DISSENTS, DISSENT_NAMES))
    return [dissent for dissent in found if dissent != TypedDissent()]


def _typed(data: Mapping[str, Any], prefix: str, names: Sequence[str]) -> Iterator[dict[str, str]]:
    pattern = re.compile(rf"{prefix}-(\d{{1,3}})-(?:{'|'.join(names)})")
    found = [int(match[1]) for match in map(pattern.fullmatch, data) if match]
    for index in range(min(max(found, default=-1) + 1, MOST_ROWS)):
        yield {name: data.get(f"{prefix}-{index}-{name}", "").strip() for name in names}


def with_row_added(rows: Sequence[TypedRow]) -> list[TypedRow]:
    """One more row, as long as the page takes one."""
    return [*rows, TypedRow()][:MOST_ROWS]


def without_row(rows: Sequence[TypedRow], index: str) -> list[TypedRow]:
    """All rows but the one that `index` names; what was an alternative to it is none any more."""
    kept = [place for place in range(len(rows)) if str(place) != index]
    return _renumbered(rows, kept)


def without_blanks(rows: Sequence[TypedRow]) -> list[TypedRow]:
    """The rows that recommend something."""
    return _renumbered(rows, [place for place, row in enumerate(rows) if not row.is_blank])


def with_rows_taken(rows: Sequence[TypedRow], proposed: Sequence[TypedRow]) -> list[TypedRow]:
    """What is typed and below it what is proposed; what stands there already comes once.

    A day that was chosen for it is set there, where none is typed yet.
    """
    typed = without_blanks(rows)
    known = {
        (row.kind, row.code, row.text if not row.code else ""): n + 1 for n, row in enumerate(typed)
    }
    numbers: dict[str, str] = {}
    for number, row in enumerate(proposed, start=1):
        said = (row.kind, row.code, row.text if not row.code else "")
        if said in known:
            numbers[str(number)] = str(known[said])
            there = typed[known[said] - 1]
            typed[known[said] - 1] = replace(there, due_on=there.due_on or row.due_on)
            continue
        typed.append(replace(row, alternative_to=numbers.get(row.alternative_to, "")))
        numbers[str(number)] = str(len(typed))
    return typed[:MOST_ROWS]


def fitting(rows: Sequence[TypedRow], codes: Codes) -> list[TypedRow]:
    """The rows with the kind that a code alone says, without codes that their kind lacks."""
    return [_fitting(row, codes) for row in rows]


def _fitting(row: TypedRow, codes: Codes) -> TypedRow:
    if not row.kind:
        kind = next((kind for kind in CODED_KINDS if row.code in codes[kind]), "")
        return replace(row, kind=str(kind))
    return row if row.code in codes.get(row.kind, {}) else replace(row, code="")


def _renumbered(rows: Sequence[TypedRow], kept: Sequence[int]) -> list[TypedRow]:
    """The rows at the places `kept`; each alternative goes with what it is one to."""
    numbers = {str(place + 1): str(number) for number, place in enumerate(kept, start=1)}
    return [
        replace(rows[place], alternative_to=numbers.get(rows[place].alternative_to, ""))
        for place in kept
    ]
