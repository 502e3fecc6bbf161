"""Follow-up intervals FU-nn in months (specification section 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Any

from guidance.engine.logic import Condition, parse_condition

if TYPE_CHECKING:
    from guidance.engine.edition import Edition

Text = Mapping[str, str]

LONGER = "longer"
UNSPECIFIED = "unspecified"
ANATOMICAL = "anatomical"
GRADE = "@grade"
# The statements that stand beside a comparison, and what decides over all of its pairs.
BESIDE = ("choice", "markers", "guidelines")
AGREEMENTS = ("disagree", "unknown", "overlap", "agree")

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
class Application:
    """A scenario in which a rule speaks, and to which of its cases (None: to all)."""

    scenario: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class IntervalRule:
    """One rule FU-nn of one source; rules of different sources are never averaged.

    `imaging` is anatomical, receptor or any: only windows of the same imaging are compared.
    An `optional` rule is never required; `disagreement` is the N-nn that it is part of.
    """

    id: str
    text: str
    rows: tuple[IntervalRow, ...]
    source: str
    imaging: str
    optional: bool
    disagreement: str | None
    applications: tuple[Application, ...]

    def applies(self, reading: Mapping[str, Any], scenario: str) -> bool:
        """Return whether the rule speaks to a case in a scenario."""
        return any(
            application.condition is None or application.condition.test(reading) is True
            for application in self.applications
            if application.scenario == scenario
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """What one rule says for one case."""

    rule: IntervalRule
    window: Window
    words: str


@dataclass(frozen=True, slots=True)
class IntervalTable:
    """All interval rules of an edition, with the words for a window that is not known.

    `beside` are the statements that stand beside every comparison, by name; `suggested` is
    the rule that is suggested in a scenario until one is chosen.
    """

    rules: Mapping[str, IntervalRule]
    unknown_words: str
    beside: Mapping[str, Text]
    suggested: Mapping[str, Text]


def load_intervals(raw: Mapping[str, Any]) -> IntervalTable:
    """Return the rules of the content of `intervals.yaml`."""
    return IntervalTable(
        rules={rule["id"]: _rule(rule) for rule in raw["intervals"]},
        unknown_words=raw["unknown_words"]["text"],
        beside={name: raw[name] for name in BESIDE if name in raw},
        suggested={entry["scenario"]: entry for entry in raw.get("suggested", ())},
    )


def _rule(raw: Mapping[str, Any]) -> IntervalRule:
    rows = tuple(
        IntervalRow(
            condition=_condition(row),
            window=row["window"] if isinstance(row["window"], str) else tuple(row["window"]),
            words=row["words"],
        )
        for row in raw["rows"]
    )
    return IntervalRule(
        id=raw["id"],
        text=raw["text"],
        rows=rows,
        source=raw["source"],
        imaging=raw.get("imaging", "any"),
        optional=raw.get("optional", False),
        disagreement=raw.get("disagreement"),
        applications=tuple(
            Application(entry["scenario"], _condition(entry)) for entry in raw.get("applies", ())
        ),
    )


def _condition(raw: Mapping[str, Any]) -> Condition | None:
    return parse_condition(raw["when"]) if "when" in raw else None


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


def compare_windows(one: Window, other: Window) -> tuple[str, Window]:
    """Return how two windows stand to each other, and the months that they have in common.

    `agree` where both name the same months, `overlap` where they only share some, `disagree`
    where they share none, `unknown` where one cannot be determined (7.3). An open end names
    no month: "12 or longer" agrees with 12.
    """
    first, second = bounds(one), bounds(other)
    if first is None or second is None:
        return "unknown", None
    shared = _share(first, second)
    if shared is None:
        return "disagree", None
    return "agree" if _named(first) == _named(second) else "overlap", shared


def _named(bound: tuple[float, float]) -> tuple[float, float]:
    low, high = bound
    return low, low if high == inf else high


def _share(*found: tuple[float, float]) -> Window:
    low, high = max(low for low, _ in found), min(high for _, high in found)
    if low > high:
        return None
    return int(low), LONGER if high == inf else int(high)


def compare_policies(
    reading: Mapping[str, Any], scenario: str, edition: "Edition"
) -> dict[str, Any]:
    """Return every interval rule that speaks to a case in its scenario, side by side (7.3).

    `reading` holds facts with the findings of `assess_reading`. The result is JSON-able.
    `policies`: each rule with its window (`[low, high]` in months with "longer" for no upper
    bound, "unspecified", or None), its words and source, whether it is chosen, suggested,
    optional or part of a disagreement, and the facts `missing` for a window of None. `pairs`,
    `agreement` and `common` say how the windows of the same imaging stand to each other, see
    `compare_windows`. Nothing is averaged, and nothing chosen that a person did not choose.
    """
    table = edition.intervals
    seen = {**reading, "@scenario": scenario}
    intervals = [
        compute_interval(seen, rule.id, table)
        for rule in table.rules.values()
        if rule.applies(seen, scenario)
    ]
    suggested = table.suggested.get(scenario)
    policies = [_policy(interval, seen, suggested) for interval in intervals]
    pairs = [
        _pair(one, other)
        for one, other in combinations(intervals, 2)
        if one.rule.imaging == other.rule.imaging and UNSPECIFIED not in (one.window, other.window)
    ]
    found = {pair["agreement"] for pair in pairs}
    agreement = next((kind for kind in AGREEMENTS if kind in found), None)
    return {
        "policies": policies,
        "pairs": pairs,
        "agreement": agreement,
        "common": _common(intervals) if agreement in ("agree", "overlap") else None,
        "chosen": next((policy["rule"] for policy in policies if policy["chosen"]), None),
        "suggested": dict(suggested) if suggested else None,
        **{name: dict(text) for name, text in table.beside.items()},
    }


def _policy(
    interval: Interval, reading: Mapping[str, Any], suggested: Text | None
) -> dict[str, Any]:
    rule = interval.rule
    return {
        "rule": rule.id,
        "text": rule.text,
        "imaging": rule.imaging,
        "window": _shown(interval.window),
        "words": interval.words,
        "source": rule.source,
        "chosen": reading.get("followup_policy") == rule.id,
        "suggested": suggested is not None and suggested["rule"] == rule.id,
        "optional": rule.optional,
        "disagreement": rule.disagreement,
        "missing": _missing(interval, reading),
    }


def _pair(one: Interval, other: Interval) -> dict[str, Any]:
    agreement, common = compare_windows(one.window, other.window)
    return {
        "rules": [one.rule.id, other.rule.id],
        "agreement": agreement,
        "common": _shown(common),
    }


def _common(intervals: Iterable[Interval]) -> list[int | str] | str | None:
    """Return the months that all compared windows share; pairs that all overlap share some."""
    anatomical = (bounds(each.window) for each in intervals if each.rule.imaging == ANATOMICAL)
    return _shown(_share(*(bound for bound in anatomical if bound is not None)))


def _shown(window: Window) -> list[int | str] | str | None:
    return list(window) if isinstance(window, tuple) else window


def _missing(interval: Interval, reading: Mapping[str, Any]) -> list[str]:
    """Return the unknown facts that keep a window from being determined, each once."""
    if interval.window is not None:
        return []
    names = [
        name
        for row in interval.rule.rows
        if row.condition is not None and row.condition.test(reading) is None
        for name in row.condition.names
        if reading.get(name) is None
    ]
    facts = [
        fact for name in names for fact in (_grade_facts(reading) if name == GRADE else [name])
    ]
    return list(dict.fromkeys(facts))


def _grade_facts(reading: Mapping[str, Any]) -> list[str]:
    """Return what a grade wants: its edition and Ki-67, else the pathologist's word (CLS-04)."""
    counted = [name for name in ("who_version", "ki67_percent") if reading.get(name) is None]
    return counted or ["pathologist_grade"]
