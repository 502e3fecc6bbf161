"""Charts say what the numbers say."""

import datetime
import re

import pytest

from cases.documents.numbers.charts import chart_of_months, chart_of_parts
from cases.selectors.numbers.figures import Count, Figure, Part, Share, Spread
from cases.selectors.numbers.months import Month


def test_bars_are_named_with_their_numbers():
    parts = (Part("Imaging <missing>", Count(4)), Part("Time", Count(1)))
    drawing = chart_of_parts(Figure("postponed", "Postponed & moved", Count(5), "Counted.", parts))
    assert "<title>Postponed &amp; moved</title>" in drawing
    assert "<desc>Imaging &lt;missing&gt;: 4; Time: 1</desc>" in drawing
    assert "prefers-color-scheme:dark" in drawing


def test_a_longer_bar_for_a_larger_share():
    parts = (Part("Surgery", Share(1, 2)), Part("Radiology", Share(0, 0)))
    drawing = chart_of_parts(Figure("attendance", "Attendance", Share(1, 2), "Counted.", parts))
    assert "50 % (1 of 2)" in drawing
    assert "none to count" in drawing


def test_a_number_without_parts_is_an_empty_chart():
    assert "<svg" in chart_of_parts(Figure("cases", "Cases", Count(3), "Counted."))


def test_months_side_by_side():
    drawing = chart_of_months([Month(datetime.date(2026, 11, 1), 5, 2)])
    assert "<desc>Nov 2026: 5 decided, 2 postponed</desc>" in drawing
    for word in ("Decided", "Postponed", "Nov 2026"):
        assert f">{word}<" in drawing


@pytest.mark.parametrize(("most", "ticks"), [(1, ["0", "1"]), (3, ["0", "1", "2", "3"])])
def test_few_cases_are_counted_one_by_one(most, ticks):
    drawing = chart_of_months([Month(datetime.date(2026, 11, 1), most, 0)])
    assert re.findall(r">(\d+)</text>", drawing) == ticks


def test_a_spread_of_ten():
    spread = Spread.of([float(number) for number in range(1, 11)], "days")
    assert (spread.count, spread.median, spread.nine_in_ten) == (10, 5.5, 9.0)
    assert spread.words == "median 5.5 days, nine in ten within 9, of 10"
    assert Spread.of([3.0], "days").nine_in_ten == 3
    assert Spread.of([], "days").cells == (0, "", "")
