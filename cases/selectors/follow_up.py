"""When to look again after a result, as the rules of the branch say it, in days."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from guidance.engine.edition import Edition
from guidance.engine.facts import parse_facts
from guidance.engine.intervals import compare_policies
from guidance.engine.reading import read_case
from tumorboard.formats import day


@dataclass(frozen=True)
class Window:
    """One rule FU-nn with both ends of its window, counted from the study that gave the result.

    An end is None where the rule gives no number for it, or where the study has no date. `low` and
    `high` are its ends in months. `is_chosen`: by the follow-up policy of the case; `is_local`: an
    interval of the institution, whose `rule` only tells it from others. `missing`: the names of the
    facts without which the rule cannot say its months; empty where it said what it has to say.
    """

    rule: str
    words: str
    text: str
    source: str
    is_chosen: bool
    first_on: datetime.date | None
    last_on: datetime.date | None
    low: int | None = None
    high: int | None = None
    is_local: bool = False
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a reader calls it by."""
        return "Local policy" if self.is_local else self.rule

    @property
    def exact_on(self) -> datetime.date | None:
        """The one day that it names; None where its ends differ or one is open."""
        return self.first_on if self.first_on == self.last_on else None

    @property
    def months(self) -> str:
        """Both ends in months: "3 to 12 months"; "no number" where the rule gives none.

        Where facts are missing, which: "not determined (unknown: Stage class)".
        """
        if self.missing:
            return f"not determined (unknown: {', '.join(self.missing)})"
        if self.low is None:
            return "no number"
        if self.low == self.high:
            return f"{self.low} month{'' if self.low == 1 else 's'}"
        end = "months or longer" if self.high is None else f"to {self.high} months"
        return f"{self.low} {end}"

    def allows(self, on: datetime.date) -> bool:
        """Whether `on` lies in the window; an open end has no last day."""
        return (
            self.first_on is not None
            and self.first_on <= on
            and (self.last_on is None or on <= self.last_on)
        )

    @property
    def days(self) -> str:
        """Both ends as days; empty where the rule gives no number."""
        if self.first_on is None:
            return ""
        if self.last_on is None:
            return f"from {day(self.first_on)}"
        if self.first_on == self.last_on:
            return str(day(self.last_on))
        return f"{day(self.first_on)} to {day(self.last_on)}"


def windows_of(
    answer: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    result_on: datetime.date | None,
    edition: Edition,
) -> list[Window]:
    """The windows of the branch in play, each by its own rule; nothing is averaged (N-16).

    Args:
        result_on: the day of the study that gave the result.
        edition: the one that gave the answer.
    """
    branch = answer["branch_detail"]
    policy = facts.get("followup_policy")
    missing = _missing(answer, facts, edition)
    return [
        Window(
            rule=interval["rule"],
            words=interval["words"],
            text=interval["text"],
            source=interval["source"],
            is_chosen=interval["rule"] == policy,
            first_on=after(result_on, interval["low"]),
            last_on=after(result_on, interval["high"]),
            low=_number(interval["low"]),
            high=_number(interval["high"]),
            missing=missing.get(interval["rule"], ()),
        )
        for interval in (branch["interval"] if branch else ())
    ]


def window_to_keep(windows: Sequence[Window]) -> Window | None:
    """The window whose day may be preset; None where a person has to choose (7.3, N-16).

    Only a single day is ever preset, never an end of a longer window. The interval of the
    institution and the chosen policy decide; where neither is there, all rules with numbers, as
    long as every one of them names that day. "12 months or longer" agrees with 12 months. A rule
    that decides and lacks a fact might name another day once that is known: then none is preset.
    """
    named = [window for window in windows if window.is_local or window.is_chosen]
    decisive = named or windows
    if any(window.missing for window in decisive):
        return None
    numbered = [window for window in decisive if window.first_on]
    if not named and any(window.last_on and not window.exact_on for window in numbered):
        return None
    exact = [(window, window.exact_on) for window in numbered if window.exact_on]
    if not exact:
        return None
    kept, on = exact[0]
    agrees = all(window.allows(on) for window in numbered)
    return kept if agrees else None


def after(date: datetime.date | None, months: Any) -> datetime.date | None:
    """The day `months` after `date`; None where either is no number or not known."""
    if date is None or not isinstance(months, int):
        return None
    return date + relativedelta(months=months)


def _number(months: Any) -> int | None:
    return months if isinstance(months, int) else None


def _missing(
    answer: Mapping[str, Any], facts: Mapping[str, Any], edition: Edition
) -> dict[str, tuple[str, ...]]:
    """By rule that cannot say its months the names of the facts that it lacks."""
    branch = answer["branch_detail"]
    if not any(interval["low"] is None for interval in (branch["interval"] if branch else ())):
        return {}
    reading, _ = read_case(parse_facts(facts, edition.dictionary))
    policies = compare_policies(reading, answer["scenario"], edition)["policies"]
    return {
        policy["rule"]: tuple(edition.dictionary[name].label for name in policy["missing"])
        for policy in policies
    }
