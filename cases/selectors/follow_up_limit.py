"""Until when a result in play lasts: the last month of its follow-up window, and by which rule."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from cases.models import Assessment


@dataclass(frozen=True, slots=True)
class Limit:
    """The upper end of a window in months, the rule FU-nn that says so, and the rule in words.

    `is_chosen`: by the follow-up policy that the institution or the case's record chose.
    """

    months: int
    rule: str
    words: str
    is_chosen: bool

    def ends_on(self, performed_on: datetime.date) -> datetime.date:
        """The last day of the window of a study."""
        return performed_on + relativedelta(months=self.months)


def limit_of(assessment: Assessment) -> Limit | None:
    """The upper end of the follow-up window that `assessment` shows after its result.

    By the chosen policy where it is among the rules shown; else by the rule with the latest upper
    end. Rules are never averaged (N-16). Nothing is late by an open end (A-32): a chosen policy
    with one gives no limit, and beside others it names no month.

    Returns:
        None without a result, and where no rule names a last month.
    """
    shown = (assessment.answer["branch_detail"] or {}).get("interval", ())
    policy = assessment.facts.get("followup_policy")
    speaking = [interval for interval in shown if isinstance(interval["low"], int)]
    chosen = [interval for interval in speaking if interval["rule"] == policy]
    ended = [interval for interval in chosen or speaking if isinstance(interval["high"], int)]
    if not ended:
        return None
    return _limit(max(ended, key=lambda interval: interval["high"]), is_chosen=bool(chosen))


def _limit(interval: Mapping[str, Any], *, is_chosen: bool) -> Limit:
    return Limit(
        months=interval["high"],
        rule=interval["rule"],
        words=interval["words"],
        is_chosen=is_chosen,
    )
