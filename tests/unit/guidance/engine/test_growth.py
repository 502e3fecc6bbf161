"""Growth of a case: the micro-cases 14.7 through the facts, and what the checks make of them."""

import json

import pytest

from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.growth import explain_growth
from tests.unit.guidance.cases import on_base

SPONTANEOUS = {"treatment_between_measurements": False}


def sums(before, after, days):
    return {"recist_sum_mm_t0": before, "recist_sum_mm_t1": after, "interval_days": days}


def growth(*layers):
    raw = {}
    for layer in layers:
        raw.update(layer)
    return explain_growth(parse_facts(raw).values, load_edition())


def texts(found):
    return " ".join(statement["text"] for statement in found["statements"])


@pytest.mark.parametrize(
    ("measured", "rate", "tgr_class", "slope", "slope_class", "discordant"),
    [
        ((100, 103, 90), 3.04, "low", 12.18, "low", False),
        ((100, 104, 90), 4.06, "high", 16.23, "low", True),
        ((100, 110, 90), 10.15, "high", 40.58, "not_low", False),
        ((100, 100, 90), 0.00, "low", 0.00, "low", False),
        ((100, 90, 90), -10.14, "low", -40.58, "low", False),
        ((80, 92, 180), 7.35, "high", 30.44, "not_low", False),
        ((60, 66, 120), 7.52, "high", 30.44, "not_low", False),
        ((100, 116, 365), 3.78, "low", 16.01, "low", False),
        ((100, 119, 365), 4.45, "high", 19.01, "low", True),
        ((100, 120, 365), 4.67, "high", 20.01, "not_low", False),
    ],
)
def test_micro_case(measured, rate, tgr_class, slope, slope_class, discordant):
    found = growth(sums(*measured), SPONTANEOUS)
    assert found["tgr_percent_per_month"] == pytest.approx(rate, abs=0.006)
    assert found["slope_percent_per_year"] == pytest.approx(slope, abs=0.006)
    classes = (found["tgr_class"], found["slope_class"], found["discordant"])
    assert classes == (tgr_class, slope_class, discordant)
    warnings = on_base("F", sums(*measured) | SPONTANEOUS)["warnings"]
    assert ("W-GROWTH-DISCORD" in warnings) == discordant


def test_nothing_known_is_nothing_shown():
    assert growth() is None
    assert growth(SPONTANEOUS) is None


def test_what_is_missing_for_a_figure_is_named():
    found = growth({"recist_sum_mm_t0": 100, "interval_days": 90})
    assert found["missing"] == ["recist_sum_mm_t1"]
    assert (found["tgr_class"], found["slope_class"], found["valid"]) == (None, None, None)


@pytest.mark.parametrize(
    ("between", "valid", "missing", "word"),
    [
        (False, True, [], "No therapy"),
        (True, False, [], "A therapy lay"),
        ("unknown", None, ["treatment_between_measurements"], "not known"),
    ],
)
def test_thresholds_hold_for_spontaneous_growth_only(between, valid, missing, word):
    found = growth(sums(100, 110, 90), {"treatment_between_measurements": between})
    assert (found["valid"], found["missing"]) == (valid, missing)
    assert word in texts(found)
    assert "no interval or treatment" in texts(found)


class TestEnteredRate:
    def test_it_stands_without_sums(self):
        found = growth({"tgr_percent_per_month": 4.1}, SPONTANEOUS)
        assert (found["tgr_class"], found["tgr_basis"]) == ("high", "entered")
        assert found["discordant"] is None
        assert found["missing"] == ["recist_sum_mm_t0", "recist_sum_mm_t1", "interval_days"]

    def test_exactly_four_is_not_high(self):
        assert growth({"tgr_percent_per_month": 4})["tgr_class"] == "low"

    def test_it_stands_before_the_computed_one_which_is_shown(self):
        found = growth(sums(100, 104, 90), {"tgr_percent_per_month": 3})
        assert (found["tgr_percent_per_month"], found["tgr_class"]) == (3, "low")
        assert found["tgr_computed"] == pytest.approx(4.06, abs=0.006)
        assert found["discordant"] is False
        assert "other class" in texts(found)
        assert "other class" not in texts(growth(sums(100, 103, 90), {"tgr_percent_per_month": 3}))

    def test_it_may_disagree_with_the_slope(self):
        facts = sums(100, 103, 90) | {"tgr_percent_per_month": 9} | SPONTANEOUS
        assert growth(facts)["discordant"] is True
        assert "W-GROWTH-DISCORD" in on_base("F", facts)["warnings"]


@pytest.mark.parametrize(
    "measured", [(100, 0, 90), (10**400, 100, 90), (100, 10**400, 90), (100, 110, 10**400)]
)
def test_sums_without_a_figure_say_why(measured):
    found = growth(sums(*measured))
    assert found["tgr_class"] is None
    assert found["statements"]
    assert "W-GROWTH-TREATED" not in on_base("F", sums(*measured))["warnings"]


def test_a_rate_beyond_all_measure_has_a_class_and_no_figure():
    found = growth(sums(1, 500, 30))
    assert (found["tgr_percent_per_month"], found["tgr_class"]) == (None, "high")
    assert "check sums and dates" in texts(found)


def test_a_slope_that_is_no_number_is_not_shown():
    found = growth(sums(1e-300, 1e300, 30))
    assert found["slope_percent_per_year"] is None
    json.dumps(found, allow_nan=False)
