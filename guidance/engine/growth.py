"""Growth of a tumor between two measurements: from the facts of a case, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Literal

from guidance.calculators.growth import TGR_HIGH_ABOVE, Growth, assess_growth
from guidance.engine.edition import Edition
from guidance.engine.logic import Truth

SUM_AFTER = "recist_sum_mm_t1"
SUMS = ("recist_sum_mm_t0", SUM_AFTER, "interval_days")
ENTERED_RATE = "tgr_percent_per_month"
TREATMENT_BETWEEN = "treatment_between_measurements"


@dataclass(frozen=True, slots=True)
class CaseGrowth:
    """Both growth measures of a case.

    `tgr_percent_per_month` is the rate as entered, else as computed from the sums; `basis`
    says which. `computed` is what the sums give, the slope among it.
    """

    tgr_percent_per_month: float | None
    tgr_class: Literal["low", "high"] | None
    basis: Literal["entered", "computed"] | None
    computed: Growth

    @property
    def is_measured(self) -> bool:
        """Return whether there is any measure of growth."""
        return self.tgr_class is not None

    @property
    def is_discordant(self) -> Truth:
        """Return whether one measure calls the growth slow and the other fast (GRW-03, N-40).

        None where one of the two is not known.
        """
        slope_class = self.computed.slope_class
        if self.tgr_class is None or slope_class is None:
            return None
        return (self.tgr_class == "low") != (slope_class == "low")


def measure_growth(reading: Mapping[str, Any]) -> CaseGrowth:
    """Return the growth of a case: rate per month and slope per year [004 L704-L726].

    A rate that a person entered stands before the one computed from the sums of diameters:
    it may come from volumes, and the formula is not in the sources [INT, BS].
    """
    before, after, days = (_number(reading.get(name)) for name in SUMS)
    computed = assess_growth(
        recist_sum_mm_t0=before,
        recist_sum_mm_t1=after,
        interval_days=days,
        treatment_between_measurements=reading.get(TREATMENT_BETWEEN),
    )
    entered = reading.get(ENTERED_RATE)
    if entered is not None:
        rated: Literal["low", "high"] = "high" if entered > TGR_HIGH_ABOVE else "low"
        return CaseGrowth(entered, rated, "entered", computed)
    basis: Literal["computed"] | None = "computed" if computed.tgr_class else None
    return CaseGrowth(computed.tgr_percent_per_month, computed.tgr_class, basis, computed)


def _number(value: float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:
        # A whole number has no largest; the calculator gives no figure for what is not finite.
        return inf


def explain_growth(reading: Mapping[str, Any], edition: Edition) -> dict[str, Any] | None:
    """Return the growth of a case in figures, classes and words; None where nothing is known.

    `valid` says whether the thresholds hold: true without therapy between the measurements,
    false with one, None where that is unknown or nothing is measured. `missing` are facts
    that would add a figure or settle its validity; the assessment itself never asks for
    them. Growth informs prognosis only: no interval and no treatment follows from it.
    """
    if all(reading.get(name) is None for name in (*SUMS, ENTERED_RATE)):
        return None
    growth = measure_growth(reading)
    treated = reading.get(TREATMENT_BETWEEN)
    is_validity_open = growth.is_measured and treated is None
    slope = growth.computed.slope_percent_per_year
    return {
        "tgr_percent_per_month": growth.tgr_percent_per_month,
        "tgr_class": growth.tgr_class,
        "tgr_basis": growth.basis,
        "tgr_computed": growth.computed.tgr_percent_per_month,
        "slope_percent_per_year": slope if slope is not None and isfinite(slope) else None,
        "slope_class": growth.computed.slope_class,
        "discordant": growth.is_discordant,
        "valid": not treated if growth.is_measured and treated is not None else None,
        "missing": [*growth.computed.missing, *([TREATMENT_BETWEEN] if is_validity_open else [])],
        "statements": [
            {"text": statement["text"], "source": statement["source"]}
            for statement in _statements(growth, treated, edition.explanations["growth"])
        ],
    }


def _statements(
    growth: CaseGrowth, treated: bool | None, words: Mapping[str, Any]
) -> Iterator[Mapping[str, str]]:
    computed = growth.computed
    if growth.tgr_class:
        yield words["rate"][growth.tgr_class]
    if computed.slope_class:
        yield words["slope"][computed.slope_class]
    if growth.is_discordant:
        yield words["discordant"]
    if growth.basis == "entered":
        yield words["entered"]
        if computed.tgr_class not in (None, growth.tgr_class):
            yield words["entered_differs"]
    if computed.reason:
        yield words["reasons"][computed.reason]
    if growth.is_measured:
        yield words["validity"][{True: "treated", False: "spontaneous", None: "unknown"}[treated]]
        yield words["use"]
