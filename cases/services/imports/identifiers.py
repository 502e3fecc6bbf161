"""Record numbers that stand in the wrong row or column [INT].

A record number under which the wrong tumor is written is the worst that an import can do, so what
looks swapped is left to a person.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.models.search_key import search_key

#: What share of the rows makes a rule that the others are judged by.
MOST = 0.8
#: With fewer rows there is no rule.
FEWEST_ROWS = 5


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    position: int


def swapped(
    columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], *, record_number: int
) -> dict[int, str]:
    """Why the record number of a line seems to belong elsewhere.

    Two signs are looked for, each against a rule that at least four fifths of the rows follow.
    Another column with identifiers holds the row's record number within each of its values (a
    sample's identifier), and here holds another row's. Or the record number has the shape of
    another identifier, whose column here has the shape of a record number.

    Args:
        rows: (line, cells).
        record_number: position of the column with record numbers.

    Returns:
        Line -> reason.
    """
    if len(rows) < FEWEST_ROWS:
        return {}
    found: dict[int, str] = {}
    others = [
        _Column(heading, position)
        for position, heading in enumerate(columns)
        if position != record_number and _identifies(rows, position)
    ]
    for other in others:
        found |= _of_another_row(rows, other, record_number)
        found |= _of_another_column(rows, other, record_number)
    return found


def _identifies(rows: Sequence[tuple[int, Sequence[str]]], position: int) -> bool:
    """Whether nearly every row has another value in this column."""
    return len({cells[position] for _line, cells in rows} - {""}) >= MOST * len(rows)


def _of_another_row(
    rows: Sequence[tuple[int, Sequence[str]]], other: _Column, record_number: int
) -> dict[int, str]:
    lines = {search_key(cells[record_number]): line for line, cells in rows}
    odd = [
        (line, cells)
        for line, cells in rows
        if search_key(cells[record_number]) not in _parts(cells[other.position])
    ]
    if len(odd) > (1 - MOST) * len(rows):
        return {}
    return {
        line: reason
        for line, cells in odd
        if (reason := _named(other, cells, lines, record_number))
    }


def _named(
    other: _Column, cells: Sequence[str], lines: Mapping[str, int], record_number: int
) -> str:
    """The record number of another row that the other column names, in words."""
    named = max(_parts(cells[other.position]) & lines.keys(), key=len, default="")
    if not named:
        return ""
    return (
        f"{other.heading} is “{cells[other.position]}”, which names the record number of line "
        f"{lines[named]}, not {cells[record_number]}; are the two swapped?"
    )


def _parts(text: str) -> set[str]:
    """Every run of neighboring words of an identifier, as it is searched for."""
    key = search_key(text)
    words = [match.span() for match in re.finditer(r"[^\W_]+", key)]
    return {
        key[start:end]
        for first, (start, _) in enumerate(words[:20])
        for _, end in words[first : first + 5]
    }


def _of_another_column(
    rows: Sequence[tuple[int, Sequence[str]]], other: _Column, record_number: int
) -> dict[int, str]:
    own_shape = _rule(rows, record_number)
    other_shape = _rule(rows, other.position)
    if not own_shape or not other_shape or own_shape == other_shape:
        return {}
    return {
        line: f"looks like a {other.heading}; are the two swapped?"
        for line, cells in rows
        if _shape(cells[record_number]) == other_shape
        and _shape(cells[other.position]) == own_shape
    }


def _rule(rows: Sequence[tuple[int, Sequence[str]]], position: int) -> str:
    """The shape that most values of a column have, or empty."""
    shapes = Counter(_shape(cells[position]) for _line, cells in rows)
    shape, count = shapes.most_common(1)[0]
    return shape if count >= MOST * len(rows) else ""


def _shape(text: str) -> str:
    """The text with every run of letters as A and every run of digits as 9."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))
