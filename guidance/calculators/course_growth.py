"""Growth of the sum of diameters between two studies of a course (specification 9.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from guidance.calculators.growth import Growth, assess_growth

#: Whether a treatment was given from one day to another, fact 120; None is not known.
Treated = Callable[[date, date], bool | None]


@dataclass(frozen=True, slots=True)
class GrowthSince:
    """Growth from an earlier study, by its key, to this one; `interval_days` lie between."""

    study: str
    interval_days: int
    sum_mm_t0: float
    sum_mm_t1: float
    treated: bool | None
    growth: Growth


def grow(
    *,
    since: str,
    earlier: date,
    later: date,
    sum_mm_t0: float,
    sum_mm_t1: float,
    treated: Treated | None,
) -> GrowthSince:
    """Return growth rate and slope between two studies: GRW-01, GRW-02 [004 L704-L726].

    Without `treated` nobody knows whether the growth was spontaneous.
    """
    days = (later - earlier).days
    between = treated(earlier, later) if treated else None
    growth = assess_growth(
        recist_sum_mm_t0=sum_mm_t0,
        recist_sum_mm_t1=sum_mm_t1,
        interval_days=days,
        treatment_between_measurements=between,
    )
    return GrowthSince(since, days, sum_mm_t0, sum_mm_t1, between, growth)
