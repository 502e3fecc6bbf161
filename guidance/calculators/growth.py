"""Growth between two examinations: tumor growth rate and RECIST slope (specification 9.2)."""

from dataclasses import dataclass
from math import exp, inf, log
from typing import Literal

from guidance.calculators.change import DECIMALS

Reason = Literal["facts_missing", "sum_not_positive", "interval_not_positive", "out_of_range"]

DISCORD = "W-GROWTH-DISCORD"
TREATED = "W-GROWTH-TREATED"

TGR_HIGH_ABOVE = 4
SLOPE_LOW_BELOW = 20
DAYS_PER_MONTH = 30.4375
DAYS_PER_YEAR = 365.25
# Volume follows the third power of the diameter in a sphere.
DIMENSIONS = 3
# Upper end of fact 119, `tgr_percent_per_month`. A faster rate is a slip of the pen or an
# interval of a few days: it has a class but no figure.
TGR_MAX = 1000


@dataclass(frozen=True, slots=True)
class Growth:
    """Both growth metrics of one interval, each with its class, None where undefined.

    The rate is in percent of volume per month, the slope in percent of the RECIST sum per
    year. `missing` names unknown facts; `reason` says why a figure is absent; `flags` are
    W-codes. Both inform prognosis only: no interval and no treatment follows from them.
    """

    tgr_percent_per_month: float | None = None
    tgr_class: Literal["low", "high"] | None = None
    slope_percent_per_year: float | None = None
    slope_class: Literal["low", "not_low"] | None = None
    reason: Reason | None = None
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def assess_growth(
    *,
    recist_sum_mm_t0: float | None,
    recist_sum_mm_t1: float | None,
    interval_days: float | None,
    treatment_between_measurements: bool | None,
) -> Growth:
    """Return growth from a sum of diameters in mm, at t0, to that at t1, days later.

    GRW-01 slope: low below 20 % per year, strictly [004 L704-L715]; made annual linearly
    [INT]. GRW-02 growth rate: high above 4 % per month, strictly [004 L715-L726]; the
    formula is not in the source [BS]. GRW-03: one slow and the other fast (N-40).
    Neither is defined where a sum or the interval is not positive. Both hold for
    spontaneous growth; treatment in between, or not knowing of it (fact 120), is flagged.
    """
    facts = {
        "recist_sum_mm_t0": recist_sum_mm_t0,
        "recist_sum_mm_t1": recist_sum_mm_t1,
        "interval_days": interval_days,
    }
    if recist_sum_mm_t0 is None or recist_sum_mm_t1 is None or interval_days is None:
        missing = tuple(name for name, value in facts.items() if value is None)
        return Growth(reason="facts_missing", missing=missing)
    if not (0 < recist_sum_mm_t0 < inf and 0 < recist_sum_mm_t1 < inf):
        return Growth(reason="sum_not_positive")
    if not 0 < interval_days < inf:
        return Growth(reason="interval_not_positive")

    rate = _growth_rate(recist_sum_mm_t0, recist_sum_mm_t1, interval_days)
    is_high = rate is None or rate > TGR_HIGH_ABOVE
    slope = _slope(recist_sum_mm_t0, recist_sum_mm_t1, interval_days)
    is_low = slope < SLOPE_LOW_BELOW
    flags = []
    if is_high == is_low:
        flags.append(DISCORD)
    if treatment_between_measurements is not False:
        flags.append(TREATED)
    return Growth(
        tgr_percent_per_month=rate,
        tgr_class="high" if is_high else "low",
        slope_percent_per_year=slope,
        slope_class="low" if is_low else "not_low",
        reason="out_of_range" if rate is None else None,
        flags=tuple(flags),
    )


def _growth_rate(before_mm: float, after_mm: float, days: float) -> float | None:
    # Logarithms one by one: the quotient of a tiny and a huge sum may not fit a float.
    exponent = DIMENSIONS * (log(after_mm) - log(before_mm)) * DAYS_PER_MONTH / days
    if exponent > log(1 + TGR_MAX / 100):
        return None
    return round(100 * (exp(exponent) - 1), DECIMALS)


def _slope(before_mm: float, after_mm: float, days: float) -> float:
    return round(100 * (after_mm - before_mm) / before_mm * DAYS_PER_YEAR / days, DECIMALS)
