import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guidance.calculators.change import percent_change

sums = st.floats(0.1, 1000)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(100, 70, -30), (101, 70.7, -30), (0.3, 0.36, 20), (50, 50, 0), (0, 5, None), (-1, 5, None)],
)
def test_change_in_percent(old, new, expected):
    assert percent_change(old, new) == expected


@given(sums, sums)
def test_the_sign_says_whether_it_grew(old, new):
    assume(abs(new - old) > 0.001)
    assert (percent_change(old, new) > 0) == (new > old)
