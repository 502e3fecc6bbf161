"""Checks with W-codes: pitfalls and integrity warnings (specification section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Check:
    """One warning: in which statuses it can arise, when it does, how severe, in what words.

    `severities` and `texts` take over where their condition is true.
    """

    code: str
    statuses: frozenset[str]
    condition: Condition | None
    severity: str
    severities: tuple[tuple[Condition, str], ...]
    text: str
    texts: tuple[tuple[Condition, str], ...]
    source: str

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
    checks = [
        Check(
            code=entry["code"],
            statuses=frozenset(entry["statuses"]),
            condition=parse_condition(entry["when"]) if "when" in entry else None,
            severity=entry["severity"],
            severities=_variants(entry, "severities", "severity"),
            text=entry["text"],
            texts=_variants(entry, "texts", "text"),
            source=entry["source"],
        )
        for entry in raw["checks"]
    ]
    statuses = ("FULL", "NAMED", "UNDETERMINED", "CONFLICT", "NOT_COVERED")
    return {
        status: tuple(check for check in checks if status in check.statuses) for status in statuses
    }


def raise_warnings(reading: Mapping[str, Any], checks: Sequence[Check]) -> list[RaisedCheck]:
    """Return the warnings of a case in order of display."""
    return [
        RaisedCheck(
            code=check.code,
            severity=_first(reading, check.severities, check.severity),
            text=_first(reading, check.texts, check.text),
            source=check.source,
        )
        for check in checks
        if check.is_raised(reading)
    ]


def _first(
    reading: Mapping[str, Any], variants: Sequence[tuple[Condition, str]], default: str
) -> str:
    for condition, value in variants:
        if condition.test(reading) is True:
            return value
    return default
