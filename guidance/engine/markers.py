"""Markers that are missing beside chromogranin A in a tumor that makes hormones (X-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition

UNMEASURED = (None, "not_measured")


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """Where the tumor's own hormone is asked for; `hormones` by functional subtype."""

    id: str
    severity: str
    condition: Condition
    text: str
    hormones: Mapping[str, str]
    other_hormone: str
    chromogranin_a: str
    source: str


def load_markers(raw: Mapping[str, Any]) -> MarkerRule:
    """Return the rule on markers of the content of `checklists.yaml`."""
    rule = raw["markers"]
    return MarkerRule(
        id=rule["id"],
        severity=rule["severity"],
        condition=parse_condition(rule["when"]),
        text=rule["text"],
        hormones=rule["hormones"],
        other_hormone=rule["other_hormone"],
        chromogranin_a=rule["chromogranin_a"],
        source=rule["source"],
    )


def explain_markers(reading: Mapping[str, Any], rule: MarkerRule) -> dict[str, Any] | None:
    """Return the markers that are missing, None where the rule does not ask for them.

    `items` names chromogranin A too where its trend is not known [001 L54; 004 Table 2].
    """
    if rule.condition.test(reading) is not True:
        return None
    hormone = rule.hormones.get(reading.get("functional_subtype", ""), rule.other_hormone)
    items = [rule.chromogranin_a] if reading.get("cga_trend") in UNMEASURED else []
    return {
        "id": rule.id,
        "severity": rule.severity,
        "text": rule.text,
        "items": [*items, hormone],
        "source": rule.source,
    }
