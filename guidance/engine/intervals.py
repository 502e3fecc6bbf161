"""Follow-up intervals FU-nn in months (specification section 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import Any

from guidance.engine.logic import Condition, parse_condition

LONGER = "longer"
UNSPECIFIED = "unspecified"

# `[low, high]` in months with "longer" for no upper bound, "unspecified" where the source
# gives no number, None where it cannot be determined.
Window = tuple[int, int | str] | str | None


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line of a rule: the window that holds where the condition is true (None: always)."""

    condition: Condition | None
    window: Window
    words: str


@dataclass(frozen=True, slots=True)
class IntervalRule:
    """One rule FU-nn of one source; rules of different sources are never averaged."""

    id: str
    text: str
    rows: tuple[IntervalRow, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Interval:
    """What one rule says for one case."""

    rule: IntervalRule
    window: Window
    words: str


@dataclass(frozen=True, slots=True)
class IntervalTable:
    """All interval rules of an edition, with the words for a window that is not known."""

    rules: Mapping[str, IntervalRule]
    unknown_words: str


def load_intervals(raw: Mapping[str, Any]) -> IntervalTable:
    """Return the rules of the content of `intervals.yaml`."""
    return IntervalTable(
        rules={rule["id"]: _rule(rule) for rule in raw["intervals"]},
        unknown_words=raw["unknown_words"]["text"],
    )


def _rule(raw: Mapping[str, Any]) -> IntervalRule:
    rows = tuple(
        IntervalRow(
            condition=parse_condition(row["when"]) if "when" in row else None,
            window=row["window"] if isinstance(row["window"], str) else tuple(row["window"]),
            words=row["words"],
        )
        for row in raw["rows"]
    )
    return IntervalRule(raw["id"], raw["text"], rows, raw["source"])


def compute_interval(reading: Mapping[str, Any], rule_id: str, table: IntervalTable) -> Interval:
    """Return what one rule says: the first row that is true, else an unknown window (7.2)."""
    rule = table.rules[rule_id]
    for row in rule.rows:
        if row.condition is None or row.condition.test(reading) is True:
            return Interval(rule, row.window, row.words)
    return Interval(rule, None, table.unknown_words)


def bounds(window: Window) -> tuple[float, float] | None:
    """Return low and high of a window in months, None where it has no numbers."""
    if window is None or isinstance(window, str):
        return None
    low, high = window
    return low, inf if isinstance(high, str) else high


def disagree(windows: Iterable[Window]) -> bool:
    """Return whether at least one pair of known windows has no month in common (7.3)."""
    known = [found for found in map(bounds, windows) if found is not None]
    return any(max(a[0], b[0]) > min(a[1], b[1]) for a, b in combinations(known, 2))


def judge_schedule(reading: Mapping[str, Any], table: IntervalTable) -> str | None:
    """Return LATE or EARLY by the chosen policy, else None; months since the last imaging.

    W-SCHEDULE [001 L54]. "Longer" has no upper bound, so nothing is late by it (A-32).
    """
    policy = reading.get("followup_policy")
    months = reading.get("months_since_last_imaging")
    if policy is None or months is None:
        return None
    window = bounds(compute_interval(reading, policy, table).window)
    if window is None:
        return None
    if months > window[1]:
        return "LATE"
    return "EARLY" if months < window[0] else None
