import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.growth import DISCORD, TREATED, assess_growth


def grow(before, after, days, treated=False):
    return assess_growth(
        recist_sum_mm_t0=before,
        recist_sum_mm_t1=after,
        interval_days=days,
        treatment_between_measurements=treated,
    )


# Specification 14.7.
@pytest.mark.parametrize(
    ("before", "after", "days", "rate", "rate_class", "slope", "slope_class", "discord"),
    [
        (100, 103, 90, "3.04", "low", "12.18", "low", False),
        (100, 104, 90, "4.06", "high", "16.23", "low", True),
        (100, 110, 90, "10.15", "high", "40.58", "not_low", False),
        (100, 100, 90, "0.00", "low", "0.00", "low", False),
        (100, 90, 90, "-10.14", "low", "-40.58", "low", False),
        (80, 92, 180, "7.35", "high", "30.44", "not_low", False),
        (60, 66, 120, "7.52", "high", "30.44", "not_low", False),
        (100, 116, 365, "3.78", "low", "16.01", "low", False),
        (100, 119, 365, "4.45", "high", "19.01", "low", True),
        (100, 120, 365, "4.67", "high", "20.01", "not_low", False),
    ],
)
def test_growth_micro_case(before, after, days, rate, rate_class, slope, slope_class, discord):
    got = grow(before, after, days)
    assert (f"{got.tgr_percent_per_month:.2f}", got.tgr_class) == (rate, rate_class)
    assert (f"{got.slope_percent_per_year:.2f}", got.slope_class) == (slope, slope_class)
    assert got.flags == ((DISCORD,) if discord else ())
    assert (got.reason, got.missing) == (None, ())


def test_exactly_20_percent_a_year_is_not_low():
    # Four years of 365.25 days are a whole number of days.
    four_years = 1461
    assert grow(100, 180, four_years).slope_percent_per_year == 20
    assert grow(100, 180, four_years).slope_class == "not_low"
    assert grow(100, 179.9, four_years).slope_class == "low"


def test_exactly_4_percent_a_month_is_not_high():
    # 487 days are 16 months of 30.4375 days.
    after = 100 * 1.04 ** (16 / 3)
    assert grow(100, after, 487).tgr_percent_per_month == 4
    assert grow(100, after, 487).tgr_class == "low"
    assert grow(100, after + 0.01, 487).tgr_class == "high"


@pytest.mark.parametrize(
    ("before", "after", "days", "reason"),
    [
        (0, 10, 90, "sum_not_positive"),
        (10, 0, 90, "sum_not_positive"),
        (-1, 10, 90, "sum_not_positive"),
        (float("nan"), 10, 90, "sum_not_positive"),
        (10, float("inf"), 90, "sum_not_positive"),
        (10, 10, 0, "interval_not_positive"),
        (10, 10, -1, "interval_not_positive"),
    ],
)
def test_growth_is_undefined(before, after, days, reason):
    got = grow(before, after, days)
    assert (got.tgr_percent_per_month, got.tgr_class) == (None, None)
    assert (got.slope_percent_per_year, got.slope_class) == (None, None)
    assert (got.reason, got.flags) == (reason, ())


def test_unknown_facts_are_named():
    assert grow(None, 10, None).missing == ("recist_sum_mm_t0", "interval_days")
    assert grow(10, None, 90).missing == ("recist_sum_mm_t1",)
    assert grow(10, None, 90).reason == "facts_missing"


@pytest.mark.parametrize(
    ("treated", "flags"), [(False, ()), (True, (TREATED,)), (None, (TREATED,))]
)
def test_treatment_in_between_is_flagged_and_so_is_not_knowing(treated, flags):
    assert grow(100, 100, 90, treated).flags == flags


def test_a_rate_beyond_all_measure_has_a_class_but_no_figure():
    got = grow(1, 100, 1)
    assert (got.tgr_percent_per_month, got.tgr_class) == (None, "high")
    assert (got.slope_class, got.reason) == ("not_low", "out_of_range")


sums = st.floats(0.1, 1000)
days = st.integers(1, 10_000)


@given(sums, sums, sums, days)
def test_more_growth_never_reads_slower(before, one, other, interval):
    slow, fast = (grow(before, after, interval) for after in sorted((one, other)))
    assert slow.slope_percent_per_year <= fast.slope_percent_per_year
    assert (slow.tgr_class, fast.tgr_class) != ("high", "low")
    assert (slow.slope_class, fast.slope_class) != ("not_low", "low")


DISCORDANT = {("high", "low"), ("low", "not_low")}


@given(sums, sums, days)
def test_discord_is_one_slow_and_one_fast(before, after, interval):
    got = grow(before, after, interval)
    assert (DISCORD in got.flags) == ((got.tgr_class, got.slope_class) in DISCORDANT)


@given(st.floats(17.1, 19.9))
def test_between_17_and_20_percent_in_a_year_the_metrics_always_disagree(percent):
    assert grow(100, 100 + percent, 365).flags == (DISCORD,)


@given(st.floats(1, 100), st.floats(1, 100), days)
def test_the_unit_of_the_sums_does_not_matter(before, after, interval):
    in_mm, in_cm = grow(before, after, interval), grow(before / 10, after / 10, interval)
    assert in_mm.slope_percent_per_year == pytest.approx(in_cm.slope_percent_per_year, abs=1e-5)
