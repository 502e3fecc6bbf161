"""Conditions as trees in words, as they stand for one case."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.findings import facts_behind, line_behind
from guidance.engine.logic import Condition, explain
from guidance.engine.values import value_words
from guidance.engine.wording import finding_words, wording

Reading = Mapping[str, Any]
Tree = dict[str, Any]


def tree_of(condition: Condition, reading: Reading, edition: Edition) -> Tree:
    """Return the tree of a condition for a case, as JSON-able mappings.

    Each node: `kind` (all, any, not, unless, leaf), `state` (met, not met, unknown), `text`;
    where it says one comparison, the `fact` (or finding) it reads, its present `value` in words,
    in brackets as `shown` where the text does not say it already and, for a finding, the `line` of
    the explanation that tells where that comes from; `parts`.
    """
    return explain(condition, reading, lambda part: _describe(part, reading, edition))


def _describe(condition: Condition, reading: Reading, edition: Edition) -> dict[str, Any]:
    said = wording(condition.raw, edition)
    if said.lead:
        return {"text": said.lead, "fact": None, "value": None, "shown": "", "line": None}
    leaf = condition
    while leaf.comparison is None:
        leaf = leaf.parts[0]
    name = leaf.comparison.name
    value = reading.get(name)
    if name.startswith("@"):
        words = finding_words(name, value, edition)
    else:
        words = value_words(edition.dictionary[name], value)
    is_said = condition.test(reading) is True and words.casefold() in said.text.casefold()
    return {
        "text": said.text,
        "fact": name,
        "value": words,
        "shown": "" if is_said else f"({words})",
        "line": line_behind(leaf.comparison, reading),
    }


def facts_of(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the facts that conditions read, those behind their findings too, each once."""
    names = (fact for each in conditions for name in each.names for fact in facts_behind(name))
    return tuple(dict.fromkeys(names))


def open_facts(condition: Condition, reading: Reading) -> Iterator[str]:
    """Yield the unknown facts that leave a condition open, in order of appearance.

    What is true or false already cannot be changed by the unknown parts of it.
    """
    if condition.test(reading) is not None:
        return
    for part in condition.parts:
        yield from open_facts(part, reading)
    if condition.comparison is not None:
        yield from unknown_behind(condition.comparison.name, reading)


def unknown_behind(name: str, reading: Reading) -> list[str]:
    """Return the unknown facts among those that a name in a condition is read from."""
    return [fact for fact in facts_behind(name) if reading.get(fact) is None]


def is_close(condition: Condition, reading: Reading) -> bool:
    """Return whether a condition is not true, and one unknown comparison would make it so."""
    return _unknowns_to(condition, reading, wanted=True) == 1


def _unknowns_to(condition: Condition, reading: Reading, *, wanted: bool) -> float:
    """Return how many unknown comparisons must turn out right for a condition to be `wanted`."""
    kind, parts = condition.kind, condition.parts
    if condition.comparison is not None:
        truth = condition.test(reading)
        if truth is None:
            return 1 if unknown_behind(condition.comparison.name, reading) else inf
        return 0 if truth is wanted else inf
    if kind == "not":
        return _unknowns_to(parts[0], reading, wanted=not wanted)
    if kind == "unless":
        if wanted:
            return 0 if condition.test(reading) is True else inf
        return _unknowns_to(parts[0], reading, wanted=True)
    each = [_unknowns_to(part, reading, wanted=wanted) for part in parts]
    return sum(each) if (kind == "all") is wanted else min(each)
