"""Three-valued conditions: true, false, unknown (None), read from content (specification 0.2).

A condition is a text such as `ki67_percent > 10`, or a mapping that joins conditions:
`{all: [...]}`, `{any: [...]}`, `{not: ...}` and `{unless: ...}`. `not` keeps unknown
unknown; `unless` holds whenever its condition is not true, so also when it is unknown.
A name with `@` is something the engine found (`@scenario`, `@grade`), any other is a fact.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Truth = bool | None
Test = Callable[[Mapping[str, Any]], Truth]

LEAF = re.compile(r"^(@?[a-z0-9_]+) (=|!=|>=|<=|>|<|in|has) (.+)$")
WORDS: Mapping[str, Any] = {"T": True, "F": False, "[]": ()}
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


class ConditionError(ValueError):
    """A condition in the content that cannot be read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the names that it reads, in order of appearance."""

    test: Test
    names: tuple[str, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts among the names, without what the engine found itself."""
        return tuple(name for name in self.names if not name.startswith("@"))


def conjunction(values: Sequence[Truth]) -> Truth:
    """Return the three-valued AND: false if any is false, else unknown if any is unknown."""
    if False in values:
        return False
    return None if None in values else True


def disjunction(values: Sequence[Truth]) -> Truth:
    """Return the three-valued OR: true if any is true, else unknown if any is unknown."""
    if True in values:
        return True
    return None if None in values else False


def negation(value: Truth) -> Truth:
    """Return the three-valued NOT: unknown stays unknown."""
    return None if value is None else not value


def _all(tests: Sequence[Test]) -> Test:
    def test(values: Mapping[str, Any]) -> Truth:
        result: Truth = True
        for part in tests:
            truth = part(values)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return test


def _any(tests: Sequence[Test]) -> Test:
    def test(values: Mapping[str, Any]) -> Truth:
        result: Truth = False
        for part in tests:
            truth = part(values)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return test


def _not(test: Test) -> Test:
    return lambda values: negation(test(values))


def _unless(test: Test) -> Test:
    return lambda values: test(values) is not True


def _value(text: str) -> Any:
    if text in WORDS:
        return WORDS[text]
    if NUMBER.match(text):
        return float(text)
    return text


def _comparison(name: str, operator: str, text: str) -> Test:
    if operator == "in":
        members = frozenset(part.strip() for part in text.strip("{}").split(","))
        return lambda values: None if (v := values.get(name)) is None else v in members
    wanted = _value(text)
    comparisons: dict[str, Test] = {
        "=": lambda values: None if (v := values.get(name)) is None else v == wanted,
        "!=": lambda values: None if (v := values.get(name)) is None else v != wanted,
        ">=": lambda values: None if (v := values.get(name)) is None else v >= wanted,
        "<=": lambda values: None if (v := values.get(name)) is None else v <= wanted,
        ">": lambda values: None if (v := values.get(name)) is None else v > wanted,
        "<": lambda values: None if (v := values.get(name)) is None else v < wanted,
        "has": lambda values: None if (v := values.get(name)) is None else wanted in v,
    }
    return comparisons[operator]


def parse_condition(raw: object) -> Condition:
    """Return the compiled condition of a piece of content; raise `ConditionError` if unreadable."""
    if isinstance(raw, str):
        match = LEAF.match(raw)
        if match is None:
            raise ConditionError(f"not a condition: {raw!r}")
        name, operator, text = match.groups()
        return Condition(_comparison(name, operator, text), (name,))
    if isinstance(raw, Mapping) and len(raw) == 1:
        (word, parts), *_ = raw.items()
        if word in ("all", "any"):
            conditions = [parse_condition(part) for part in parts]
            tests = [condition.test for condition in conditions]
            names = tuple(dict.fromkeys(name for part in conditions for name in part.names))
            return Condition(_all(tests) if word == "all" else _any(tests), names)
        if word in ("not", "unless"):
            inner = parse_condition(parts)
            test = _not(inner.test) if word == "not" else _unless(inner.test)
            return Condition(test, inner.names)
    raise ConditionError(f"not a condition: {raw!r}")
