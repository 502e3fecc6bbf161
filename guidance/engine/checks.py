"""Checks with W-codes: pitfalls and integrity warnings (specification section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import UNKNOWN, Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Check:
    """One warning: in which statuses it can arise, when it does, how severe, in what words.

    `severities` and `texts` take over where their condition is true. `needs` are the names
    without which the condition cannot be true: most checks are done with at a glance.
    """

    code: str
    statuses: frozenset[str]
    condition: Condition | None
    severity: str
    severities: tuple[tuple[Condition, str], ...]
    text: str
    texts: tuple[tuple[Condition, str], ...]
    source: str
    needs: frozenset[str]

    def is_raised(self, reading: Mapping[str, Any]) -> bool:
        """Return whether the check warns; an unknown trigger raises nothing."""
        return self.condition is None or self.condition.test(reading) is True


@dataclass(frozen=True, slots=True)
class RaisedCheck:
    """A check that was raised for one case."""

    code: str
    severity: str
    text: str
    source: str


def _variants(raw: Mapping[str, Any], plural: str, key: str) -> tuple[tuple[Condition, str], ...]:
    return tuple((parse_condition(row["when"]), row[key]) for row in raw.get(plural, ()))


def load_checks(raw: Mapping[str, Any]) -> Mapping[str, tuple[Check, ...]]:
    """Return the checks of the content of `checks.yaml` by the status in which they can arise."""
    checks = [_check(entry) for entry in raw["checks"]]
    statuses = ("FULL", "NAMED", "UNDETERMINED", "CONFLICT", "NOT_COVERED")
    return {
        status: tuple(check for check in checks if status in check.statuses) for status in statuses
    }


def _check(raw: Mapping[str, Any]) -> Check:
    condition = parse_condition(raw["when"]) if "when" in raw else None
    return Check(
        code=raw["code"],
        statuses=frozenset(raw["statuses"]),
        condition=condition,
        severity=raw["severity"],
        severities=_variants(raw, "severities", "severity"),
        text=raw["text"],
        texts=_variants(raw, "texts", "text"),
        source=raw["source"],
        needs=_needs(condition) if condition else frozenset(),
    )


def _needs(condition: Condition) -> frozenset[str]:
    """Return names that have to be known for a condition to be true; not necessarily all."""
    comparison = condition.comparison
    if comparison is not None:
        asks_for_unknown = comparison.operator == "=" and comparison.value == UNKNOWN
        return frozenset() if asks_for_unknown else frozenset(condition.names)
    parts = [_needs(part) for part in condition.parts]
    if condition.kind == "all":
        return frozenset().union(*parts)
    if condition.kind == "any":
        return frozenset.intersection(*parts)
    return frozenset()


def raise_warnings(reading: Mapping[str, Any], checks: Sequence[Check]) -> list[RaisedCheck]:
    """Return the warnings of a case in order of display."""
    known = reading.keys()
    return [
        RaisedCheck(
            code=check.code,
            severity=_first(reading, check.severities, check.severity),
            text=_first(reading, check.texts, check.text),
            source=check.source,
        )
        for check in checks
        if known >= check.needs and check.is_raised(reading)
    ]


def _first(
    reading: Mapping[str, Any], variants: Sequence[tuple[Condition, str]], default: str
) -> str:
    for condition, value in variants:
        if condition.test(reading) is True:
            return value
    return default
