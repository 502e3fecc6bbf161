from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.clock import months_between


def test_calendar_months_are_whole():
    assert months_between(date(2025, 5, 30), date(2026, 5, 30)) == 12
    assert months_between(date(2026, 5, 30), date(2025, 5, 30)) == -12


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 20_000))
def test_a_later_day_is_never_fewer_months(start, days):
    later = start + timedelta(days=days)
    assert months_between(start, later) <= months_between(start, later + timedelta(days=1))
