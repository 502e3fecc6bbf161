"""The answers that a question about one fact can get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from guidance.engine.changes.ranges import Range, ranges_of
from guidance.engine.dictionary import FactDefinition
from guidance.engine.values import value_words


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the value that stands for it, and its words or, of a number, its range."""

    value: Any
    words: str
    range: Range | None = None


def answers_to(definition: FactDefinition, thresholds: Sequence[float]) -> list[Answer]:
    """Return the answers to try, in the order of the dictionary; none for dates and free text.

    Yes and no; each code; for a list none of them and each alone; for a number one of each range
    that `thresholds` tell apart.
    """
    kind = definition.kind
    if kind in ("bool3", "enum"):
        return [Answer(value, value_words(definition, value)) for value in definition.allowed]
    if kind == "list":
        values: list[Any] = [(), *((code,) for code in definition.allowed)]
        return [Answer(value, value_words(definition, value)) for value in values]
    if kind == "records":
        return [Answer(value, value_words(definition, value)) for value in _records(definition)]
    if kind in ("integer", "decimal"):
        found = ranges_of(definition, thresholds)
        return [Answer(each.example, "", each) for each in found]
    return []


def _records(definition: FactDefinition) -> list[tuple[Mapping[str, Any], ...]]:
    """Return no record, and one of each kind where a code is all that a record needs."""
    needed = [field for field in definition.fields if field.required]
    if len(needed) != 1 or needed[0].kind != "enum":
        return []
    name = needed[0].name
    return [(), *((MappingProxyType({name: code}),) for code in needed[0].allowed)]
