"""Lines, periods, and what was given between two days."""

import datetime

import pytest

from cases.selectors.treatments import is_on_one_day, next_line, overlaps, was_treated
from tests.factories.history import some_treatment as given

FIRST, LAST = datetime.date(2025, 3, 1), datetime.date(2025, 9, 1)


def test_the_next_line_follows_the_highest():
    assert next_line([]) == 1
    assert next_line([given("surgery_primary"), given("SSA", line=2), given("chemo", line=1)]) == 3


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            given("SSA", "2025-01-01", "2025-06-01"),
            given("chemo", "2025-05-01", ongoing=True),
            True,
        ),
        (
            given("SSA", "2025-01-01", "2025-06-01"),
            given("chemo", "2025-06-01", ongoing=True),
            False,
        ),
        (given("SSA", "2025-01-01"), given("chemo", "2025-05-01", ongoing=True), False),
        (given("TACE", "2025-03-01"), given("SSA", "2025-01-01", ongoing=True), True),
        (given("SSA"), given("chemo"), False),
    ],
)
def test_treatments_overlap_only_where_all_days_are_known(one, other, expected):
    assert overlaps(one, other) is expected
    assert overlaps(other, one) is expected


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        (given("TACE", "2025-03-01"), True),
        (given("surgery_liver", "2025-03-01", "2025-03-01"), True),
        (given("TACE", "2025-03-01", "2025-04-01"), False),
        (given("TACE"), False),
        (given("TACE", "2025-03-01", ongoing=True), False),
        (given("SSA", "2025-03-01"), False),
    ],
)
def test_what_is_done_on_one_day(treatment, expected):
    assert is_on_one_day(treatment) is expected


@pytest.mark.parametrize(
    ("treatments", "expected"),
    [
        pytest.param([], None, id="nothing recorded says nothing"),
        pytest.param([given("SSA", "2025-04-01", "2025-05-01")], True, id="within"),
        pytest.param([given("SSA", "2020-01-01", ongoing=True)], True, id="still going on"),
        pytest.param([given("SSA", "2020-01-01", "2026-01-01")], True, id="across both"),
        pytest.param([given("SSA", "2025-04-01")], True, id="begun within, end unknown"),
        pytest.param([given("SSA", end="2025-04-01")], True, id="ended within, start unknown"),
        pytest.param([given("SSA", "2020-01-01", "2025-02-01")], False, id="before"),
        pytest.param([given("SSA", "2025-10-01")], False, id="after"),
        pytest.param([given("TACE", "2025-02-01")], False, id="done on one day before"),
        pytest.param([given("TACE", end="2025-04-01")], True, id="done on one day, given as end"),
        pytest.param([given("SSA", "2020-01-01")], None, id="may still have gone on"),
        pytest.param([given("SSA")], None, id="dates unknown"),
        pytest.param([given("SSA", ongoing=True)], None, id="goes on, since when is unknown"),
        pytest.param(
            [given("SSA"), given("TACE", "2025-04-01")], True, id="one is enough, whatever else"
        ),
        pytest.param(
            [given("SSA"), given("TACE", "2025-02-01")], None, id="one unknown leaves it open"
        ),
    ],
)
def test_whether_anything_was_given_between_two_measurements(treatments, expected):
    assert was_treated(treatments, first=FIRST, last=LAST) is expected


def test_a_person_can_say_that_nothing_was_given():
    assert was_treated([], first=FIRST, last=LAST, none_given=True) is False
