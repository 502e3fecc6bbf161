"""Numbers in the ranges that the guidance tells apart."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.changes.ranges import Range, join, range_words, ranges_of
from guidance.engine.dictionary import DICTIONARY

KI67, AGE, KRENNING = (DICTIONARY[n] for n in ("ki67_percent", "age_years", "krenning_grade"))
SUM, GASTRIN, RATE = (
    DICTIONARY[n] for n in ("recist_sum_mm_t0", "gastrin_value", "tgr_percent_per_month")
)


def words(definition, thresholds):
    return [range_words(found, definition) for found in ranges_of(definition, thresholds)]


@pytest.mark.parametrize(
    ("definition", "thresholds", "expected"),
    [
        (
            KI67,
            (2, 3, 20),
            [
                "below 2 %", "exactly 2 %", "between 2 and 3 %", "exactly 3 %",
                "between 3 and 20 %", "exactly 20 %", "above 20 %",
            ],
        ),
        (KI67, (), ["any value"]),
        (KI67, (0,), ["exactly 0 %", "above 0 %"]),
        (KI67, (100,), ["below 100 %", "exactly 100 %"]),
        (KI67, (-1, 101), ["any value"]),
        (AGE, (18,), ["up to 17 years", "exactly 18 years", "at least 19 years"]),
        (AGE, (17.5,), ["up to 17 years", "at least 18 years"]),
        (AGE, (0, 120), ["exactly 0 years", "1 to 119 years", "exactly 120 years"]),
        (KRENNING, (3,), ["up to 2", "exactly 3", "exactly 4"]),
        (SUM, (10,), ["below 10 mm", "exactly 10 mm", "above 10 mm"]),
        (SUM, (0,), ["any value"]),
        (GASTRIN, (5,), ["below 5", "exactly 5", "above 5"]),
    ],
)  # fmt: skip
def test_thresholds_tell_ranges_apart(definition, thresholds, expected):
    assert words(definition, thresholds) == expected


def test_a_number_without_bounds_is_told_apart_as_well():
    decimal = dataclasses.replace(KI67, low=None, high=None)
    whole = dataclasses.replace(KRENNING, low=None, high=None)
    assert words(decimal, (2,)) == ["below 2 %", "exactly 2 %", "above 2 %"]
    assert words(decimal, ()) == words(whole, ()) == ["any value"]
    assert words(whole, (3,)) == ["up to 2", "exactly 3", "at least 4"]
    examples = [each.example for each in ranges_of(decimal, (2,))]
    assert examples == sorted(examples)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (slice(0, 2), "up to 2 %"),
        (slice(3, 6), "3 to 20 %"),
        (slice(2, 4), "above 2 up to 3 %"),
        (slice(3, 5), "3 to below 20 %"),
        (slice(5, 7), "at least 20 %"),
        (slice(0, 7), "any value"),
    ],
)
def test_neighbors_that_lead_to_the_same_are_one_range(parts, expected):
    first, *others = ranges_of(KI67, (2, 3, 20))[parts]
    for other in others:
        first = join(first, other)
    assert range_words(first, KI67) == expected


def holds(found: Range, value: float) -> bool:
    above = found.low is None or (value >= found.low if found.has_low else value > found.low)
    below = found.high is None or (value <= found.high if found.has_high else value < found.high)
    return above and below


@pytest.mark.parametrize("definition", [KI67, SUM, RATE, GASTRIN])
@given(data=st.data())
def test_every_value_lies_in_one_range_and_so_does_its_example(definition, data):
    high = 10_000 if definition.high is None else definition.high
    thresholds = data.draw(st.lists(st.integers(-200, 300), max_size=4))
    found = ranges_of(definition, thresholds)
    value = data.draw(st.floats(definition.low, high, exclude_min=definition.low_exclusive))
    assert [holds(each, value) for each in found].count(True) == 1
    for each in found:
        assert holds(each, each.example)
        assert [holds(other, each.example) for other in found].count(True) == 1


@given(
    thresholds=st.lists(st.one_of(st.integers(-5, 130), st.floats(-5, 130)), max_size=4),
    value=st.integers(0, 120),
)
def test_every_whole_number_lies_in_one_range(thresholds, value):
    found = ranges_of(AGE, thresholds)
    assert [holds(each, value) for each in found].count(True) == 1
    for each in found:
        assert isinstance(each.example, int)
        assert holds(each, each.example)
        # No threshold lies inside a range: nothing changes within it.
        assert all(not holds(each, t) or each.low == each.high for t in thresholds if t == int(t))
