"""Three-valued conditions: true, false, unknown (None), read from content (specification 0.2).

A condition is a text such as `ki67_percent > 10`, or a mapping that joins conditions:
`{all: [...]}`, `{any: [...]}`, `{not: ...}` and `{unless: ...}`. `not` keeps unknown
unknown; `unless` holds whenever its condition is not true, so also when it is unknown.
A name with `@` is something the engine found (`@scenario`, `@grade`), any other is a fact.
`name = unknown` asks whether a fact is unknown, and is itself always true or false.

A condition is compiled to one fast test, and keeps beside it the tree that it was read from:
`explain` walks that tree, and each part of it has a test of its own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Truth = bool | None
Test = Callable[[Mapping[str, Any]], Truth]
Kind = Literal["all", "any", "not", "unless", "leaf"]

LEAF = re.compile(r"^(@?[a-z0-9_]+) (=|!=|>=|<=|>|<|in|has) (.+)$")
WORDS: Mapping[str, Any] = {"T": True, "F": False, "[]": ()}
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
UNKNOWN = "unknown"
STATES: Mapping[Truth, str] = {True: "met", False: "not met", None: "unknown"}


class ConditionError(ValueError):
    """A condition in the content that cannot be read."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A leaf of a condition: `value` is a code, a number, a truth, or for `in` all its members."""

    name: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the names that it reads, in order of appearance.

    `facts` are the names without what the engine found itself. `raw` is the condition as the
    content has it; `parts` are the conditions that it joins, a leaf has a `comparison` instead.
    """

    test: Test
    names: tuple[str, ...]
    raw: Any
    kind: Kind
    parts: tuple["Condition", ...] = ()
    comparison: Comparison | None = None
    facts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Tell the facts once: every criterion of every answer shows them."""
        facts = tuple(name for name in self.names if not name.startswith("@"))
        object.__setattr__(self, "facts", facts)


Describe = Callable[[Condition], Mapping[str, Any]]


def explain(condition: Condition, values: Mapping[str, Any], describe: Describe) -> dict[str, Any]:
    """Return the tree of a condition as it stands for `values`, as JSON-able mappings.

    Each node has its `kind`, its `state` (met, not met, unknown), what `describe` says of it,
    and its `parts`. Where `describe` names the one `fact` that a condition is about, the node
    says the whole and has no parts.
    """
    said = describe(condition)
    parts = () if said["fact"] is not None else condition.parts
    return {
        "kind": condition.kind,
        "state": STATES[condition.test(values)],
        **said,
        "parts": [explain(part, values, describe) for part in parts],
    }


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


def _compare(name: str, operator: str, wanted: Any) -> Test:
    if wanted == UNKNOWN:
        if operator == "=":
            return lambda values: values.get(name) is None
        if operator == "!=":
            return lambda values: values.get(name) is not None
        raise ConditionError(f"only = and != ask for unknown: {name} {operator} {UNKNOWN}")
    if operator == "in":
        members = frozenset(wanted)
        return lambda values: None if (v := values.get(name)) is None else v in members
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


def _leaf(raw: str) -> Condition:
    match = LEAF.match(raw)
    if match is None:
        raise ConditionError(f"not a condition: {raw!r}")
    name, operator, text = match.groups()
    wanted = (
        tuple(part.strip() for part in text.strip("{}").split(","))
        if operator == "in"
        else _value(text)
    )
    comparison = Comparison(name, operator, wanted)
    return Condition(_compare(name, operator, wanted), (name,), raw, "leaf", (), comparison)


def parse_condition(raw: object) -> Condition:
    """Return the compiled condition of a piece of content; raise `ConditionError` if unreadable."""
    if isinstance(raw, str):
        return _leaf(raw)
    if isinstance(raw, Mapping) and len(raw) == 1:
        (word, inner), *_ = raw.items()
        if word in ("all", "any"):
            parts = tuple(parse_condition(part) for part in inner)
            tests = [part.test for part in parts]
            names = tuple(dict.fromkeys(name for part in parts for name in part.names))
            test = _all(tests) if word == "all" else _any(tests)
            return Condition(test, names, raw, word, parts)
        if word in ("not", "unless"):
            part = parse_condition(inner)
            test = _not(part.test) if word == "not" else _unless(part.test)
            return Condition(test, part.names, raw, word, (part,))
    raise ConditionError(f"not a condition: {raw!r}")
