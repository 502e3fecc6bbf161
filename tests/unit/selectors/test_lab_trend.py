"""The trend of an analyte, by hand-computed changes."""

import pytest

from cases.selectors.analytes import catalogue
from cases.selectors.lab_points import Point
from cases.selectors.lab_results import one, series_of
from tests.factories.labs import lab_result

CGA = "chromogranin_a"


def trend(*values, analyte=CGA, unit="ng/mL"):
    """The trend of values given as (date, value, fields)."""
    rows = [lab_result(analyte, value, fields.pop("unit", unit), date, **fields)
            for date, value, fields in [(d, v, dict(f)) for d, v, f in values]]  # fmt: skip
    return one(series_of(rows), analyte).trend


def at(date, value, **fields):
    return date, value, fields


@pytest.mark.parametrize(
    ("before", "now", "word", "percent"),
    [
        ("200", "250", "rising", "+25.0 %"),
        ("200", "249.9", "stable", "+24.95 %"),
        ("200", "249.99", "stable", "+24.995 %"),
        ("200", "200", "stable", "0.0 %"),
        ("200", "150", "falling", "-25.0 %"),
        ("200", "150.1", "stable", "-24.95 %"),
        ("78", "71", "normal", "-9.0 %"),
        ("2000", "1501", "stable", "-24.95 %"),
        ("2000", "1502", "stable", "-24.9 %"),
        ("200", "100", "normal", "-50.0 %"),
        ("50", "100", "normal", "+100.0 %"),
        ("200", "<5", "normal", "at least -97.5 %"),
        ("<5", "200", "rising", "at least +3900.0 %"),
        ("200", ">1000", "rising", "at least +400.0 %"),
        (">1000", "200", "falling", "at least -80.0 %"),
        (">1000", "2000", "", ""),
        (">1000", ">1000", "", ""),
        ("0", "200", "rising", "from nothing"),
    ],
)
def test_the_change_against_the_value_before(before, now, word, percent):
    found = trend(at("2026-01-01", before, upper="100"), at("2026-06-01", now, upper="100"))
    assert found.word == word
    assert found.against.percent_words == percent
    assert bool(found.why) == (word == "")


def test_both_values_dates_and_the_change_are_shown():
    found = trend(at("2025-09-03", "210", upper="100"), at("2026-03-12", "345", upper="100"))
    assert found.words == "345 ng/mL on 12 Mar 2026 after 210 ng/mL on 3 Sep 2025, +64.3 %"
    assert (found.word, found.mark, found.notes) == ("rising", "up", ())


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [("200", "300", "rising"), ("<5", "<5", "stable"), ("<5", "<10", "stable"),
     ("0", "0", "stable"), ("300", "<5", "falling"), ("4", "<5", "")],
)  # fmt: skip
def test_without_an_upper_limit_nothing_is_normal(before, now, word):
    assert trend(at("2026-01-01", before), at("2026-06-01", now)).word == word


def test_one_value_has_no_trend_unless_it_is_normal():
    alone = trend(at("2026-01-01", "300", upper="100"))
    assert (alone.word, alone.mark, alone.why) == ("", "", "Only one value.")
    assert alone.words == "300 ng/mL on 1 Jan 2026, limits up to 100"
    assert trend(at("2026-01-01", "300")).words == "300 ng/mL on 1 Jan 2026"
    normal = trend(at("2026-01-01", "100", upper="100"))
    assert (normal.word, normal.notes) == ("normal", ())


def test_a_value_below_its_lower_limit_is_not_normal():
    assert trend(at("2026-01-01", "10", upper="100", lower="20")).word == ""


def test_values_of_one_day_are_not_compared_with_each_other():
    found = trend(at("2026-01-01", "200", upper="100"), at("2026-01-01", "400", upper="100"))
    assert found.why == "Only one value."


def test_a_slow_rise_shows_against_the_lowest_of_two_years():
    slow = [at("2025-01-01", "200"), at("2025-06-01", "240"), at("2026-01-01", "260")]
    found = trend(*slow)
    assert found.word == "rising"
    assert found.against.percent_words == "+8.3 %"
    assert found.words == "260 ng/mL on 1 Jan 2026 after 200 ng/mL on 1 Jan 2025, +30.0 %"
    assert len(found.points) == 3


def test_a_lowest_value_of_longer_ago_says_nothing():
    slow = [at("2023-12-31", "200"), at("2025-06-01", "240"), at("2026-01-01", "260")]
    assert trend(*slow).word == "stable"
    on_the_day = [at("2024-01-01", "200"), *slow[1:]]
    assert trend(*on_the_day).word == "rising"


def test_stable_over_several_values_stays_stable():
    found = trend(at("2025-01-01", "200"), at("2025-06-01", "240"), at("2026-01-01", "230"))
    assert (found.word, found.lowest) == ("stable", None)


def test_a_fall_after_a_peak_is_a_fall_though_it_was_lower_once():
    found = trend(at("2025-01-01", "100"), at("2025-06-01", "300"), at("2026-01-01", "200"))
    assert found.word == "falling"


def test_a_value_in_another_unit_is_named_as_left_out():
    values = (
        at("2026-01-12", "200", upper="100"),
        at("2026-06-12", "3", unit="nmol/L"),
        at("2026-09-12", "300", upper="100"),
    )
    found = trend(*values)
    assert found.word == "rising"
    assert found.words == (
        "300 ng/mL on 12 Sep 2026 after 200 ng/mL on 12 Jan 2026, +50.0 %; "
        "12 Jun 2026 not compared: other unit"
    )


def test_units_that_convert_are_converted_and_it_is_said():
    found = trend(
        at("2026-01-01", "1", unit="mg/dL", upper="1.2"),
        at("2026-06-01", "177", unit="µmol/L", upper="106"),
        analyte="creatinine",
    )
    assert found.word == "rising"
    assert found.against.percent_words == "+100.2 %"
    assert "molar mass 113.12 g/mol" in found.notes[0]
    assert not found.against.by_multiples


def test_units_that_do_not_convert_are_not_compared():
    found = trend(at("2026-01-01", "30", unit="U/L"), at("2026-06-01", "300"))
    assert (found.word, found.against) == ("", None)
    assert found.why == "The unit has changed, and the two do not convert."


def test_the_newest_value_that_converts_is_compared():
    found = trend(
        at("2025-01-01", "200"), at("2025-06-01", "30", unit="U/L"), at("2026-01-01", "300")
    )
    assert (found.word, found.against.earlier.words) == ("rising", "200 ng/mL")


def test_assays_with_other_limits_are_compared_by_multiples():
    found = trend(at("2026-01-01", "200", upper="100"), at("2026-06-01", "300", upper="150"))
    assert found.word == "stable"
    assert found.against.percent_words == "0.0 %"
    assert "(2.0 x ULN after 2.0 x ULN)" in found.words
    assert found.notes == ("The upper limits differ: multiples of the limit were compared.",)


def test_a_limit_that_differs_by_rounding_is_the_same():
    found = trend(at("2026-01-01", "200", upper="100"), at("2026-06-01", "300", upper="101"))
    assert not found.against.by_multiples


def test_a_limit_on_one_side_only_is_noted():
    found = trend(at("2026-01-01", "200"), at("2026-06-01", "300", upper="100"))
    assert found.word == "rising"
    assert "Only one of the two has an upper limit" in found.notes[0]


def test_different_laboratories_are_noted():
    here, there = {"laboratory": "City"}, {"laboratory": "Country"}
    found = trend(at("2026-01-01", "200", **here), at("2026-06-01", "300", **there))
    assert found.notes == ("From different laboratories: Country, before City.",)
    same = trend(at("2026-01-01", "200", **here), at("2026-06-01", "300", laboratory="city"))
    assert same.notes == ()
    unnamed = trend(at("2026-01-01", "200", **here), at("2026-06-01", "300"))
    assert unnamed.notes == ()


@pytest.mark.parametrize(
    ("value", "limits", "standing", "multiple"),
    [
        ("320", {"upper": "100"}, "high", "3.2 x ULN"),
        ("100", {"upper": "100"}, "within", "1.00 x ULN"),
        ("10", {"lower": "20", "upper": "100"}, "low", "0.1 x ULN"),
        ("3", {"upper": "100"}, "within", "0.03 x ULN"),
        ("0", {"upper": "100"}, "within", "0.0 x ULN"),
        ("50", {}, "", ""),
        ("<5", {"upper": "100"}, "within", "<0.05 x ULN"),
        ("104", {"upper": "100"}, "high", "1.04 x ULN"),
        ("96", {"upper": "100"}, "within", "0.96 x ULN"),
        ("<5", {"upper": "3"}, "", "<1.7 x ULN"),
        ("<5", {"lower": "5"}, "low", ""),
        ("<5", {"lower": "2"}, "", ""),
        (">100", {"upper": "100"}, "high", ">1.00 x ULN"),
        (">90", {"upper": "100"}, "", ">0.9 x ULN"),
        (">90", {"lower": "60"}, "within", ""),
        ("55", {"lower": "60"}, "low", ""),
    ],
)
def test_a_value_stands_to_its_limits(value, limits, standing, multiple):
    row = lab_result(CGA, value, "ng/mL", "2026-01-01", **limits)
    point = Point(row, catalogue().analytes[CGA])
    assert (point.standing, point.multiple_words) == (standing, multiple)


@pytest.mark.parametrize(
    ("limits", "words"),
    [({"upper": "100"}, "up to 100"), ({"lower": "60"}, "from 60"),
     ({"lower": "0.5", "upper": "1.20"}, "0.5-1.2"), ({}, "")],
)  # fmt: skip
def test_limits_in_words(limits, words):
    row = lab_result(CGA, "1", "ng/mL", "2026-01-01", **limits)
    assert Point(row, catalogue().analytes[CGA]).limits_words == words


def test_other_analytes_are_told_apart_by_their_name():
    rows = [
        lab_result("other", "1", "g/L", "2026-01-01", note=note)
        for note in ("Zinc", "zinc", "Iron")
    ]
    found = series_of(rows)
    assert [series.name for series in found.values()] == ["Iron", "zinc"]


def test_values_after_the_day_are_left_out_and_a_series_may_hold_several_units():
    import datetime

    rows = [
        lab_result(CGA, "200", "ng/mL", "2026-01-01"),
        lab_result(CGA, "30", "U/L", "2026-02-01"),
        lab_result(CGA, "300", "ng/mL", "2026-06-01"),
    ]
    found = one(series_of(rows, on=datetime.date(2026, 3, 1)), CGA)
    assert [point.words for point in found.points] == ["200 ng/mL", "30 U/L"]
    assert not found.is_one_unit
    assert found.latest.weeks_old(datetime.date(2026, 3, 1)) == 4
