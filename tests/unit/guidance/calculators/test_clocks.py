from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.clocks import add_months, start_clock, start_receptor_clock
from guidance.engine.edition import load_edition
from guidance.engine.intervals import compute_interval

TABLE = load_edition().intervals
SURGERY = date(2025, 1, 31)
LAST = date(2025, 8, 31)
BEFORE = date(2024, 12, 24)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 0, date(2025, 1, 31)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 3, date(2025, 11, 30)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
    ],
)
def test_months_end_with_the_month(day, months, expected):
    assert add_months(day, months) == expected


days = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@given(days, days, st.integers(0, 240))
def test_months_keep_the_order_of_days(one, other, months):
    early, late = sorted((one, other))
    assert add_months(early, months) <= add_months(late, months)


@given(days, st.integers(0, 240))
def test_more_months_are_never_earlier(day, months):
    assert add_months(day, months) < add_months(day, months + 1)


def clock(rule, resection=SURGERY, last=LAST, **reading):
    interval = compute_interval(
        {f"@{k}" if k == "grade" else k: v for k, v in reading.items()}, rule, TABLE
    )
    return start_clock(interval, resection_date=resection, last_imaging_date=last)


# Specification 7.1 and 14.9, with dates.
@pytest.mark.parametrize(
    ("rule", "reading", "due_from", "due_until"),
    [
        ("FU-01", {"grade": "G1", "stage_class": "early"}, date(2026, 8, 31), date(2026, 8, 31)),
        ("FU-01", {"grade": "G2"}, date(2026, 2, 28), date(2026, 8, 31)),
        ("FU-01", {"grade": "G1", "stage_class": "higher"}, date(2026, 2, 28), date(2026, 8, 31)),
        (
            "FU-02",
            {"grade": "G1", "months_since_resection": 11},
            date(2026, 2, 28),
            date(2026, 2, 28),
        ),
        ("FU-02", {"grade": "G1", "months_since_resection": 12}, date(2026, 8, 31), None),
        ("FU-02", {"grade": "G3"}, date(2025, 11, 30), date(2025, 11, 30)),
        (
            "FU-03",
            {"grade": "G1", "months_since_resection": 12},
            date(2026, 8, 31),
            date(2026, 8, 31),
        ),
        ("FU-03", {"on_chemo_or_biologic": True}, date(2025, 11, 30), date(2025, 11, 30)),
        ("FU-05", {}, date(2025, 11, 30), date(2026, 8, 31)),
        ("FU-06", {}, date(2025, 10, 31), date(2025, 11, 30)),
        ("FU-07", {}, date(2025, 11, 30), date(2025, 11, 30)),
        # No grade, and no number in the source.
        ("FU-02", {}, None, None),
        ("FU-08", {}, None, None),
    ],
)
def test_a_study_is_due_an_interval_after_the_last_one(rule, reading, due_from, due_until):
    got = clock(rule, **reading)
    assert (got.rule, got.anchor, got.starts_on) == (rule, "last_study", LAST)
    assert (got.due_from, got.due_until, got.missing) == (due_from, due_until, ())


@pytest.mark.parametrize(
    ("last", "anchor", "missing"),
    [
        (BEFORE, "resection", ()),
        (SURGERY, "last_study", ()),
        (None, "resection", ("last_imaging_date",)),
    ],
)
def test_surgery_starts_the_clock_until_there_is_a_study(last, anchor, missing):
    got = clock("FU-02", last=last, grade="G1", months_since_resection=0)
    assert (got.anchor, got.starts_on, got.missing) == (anchor, SURGERY, missing)
    assert got.due_from == got.due_until == date(2025, 7, 31)


def test_follow_up_of_treated_disease_knows_only_the_last_study():
    assert clock("FU-05", last=BEFORE).starts_on == BEFORE
    lost = clock("FU-05", last=None)
    assert (lost.anchor, lost.due_from, lost.missing) == (None, None, ("last_imaging_date",))


def test_without_any_date_nothing_is_due():
    lost = clock("FU-02", resection=None, last=None, grade="G2")
    assert (lost.window, lost.due_from, lost.judge(LAST)) == ((3, 3), None, None)
    assert clock("FU-02", resection=None, grade="G2").due_from == date(2025, 11, 30)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 2, 27), "EARLY"),
        (date(2026, 2, 28), "DUE"),
        (date(2026, 8, 31), "DUE"),
        (date(2026, 9, 1), "LATE"),
    ],
)
def test_both_ends_of_the_window_are_due(on, expected):
    assert clock("FU-01", grade="G2").judge(on) == expected


def test_yearly_or_longer_is_never_late():
    got = clock("FU-02", grade="G1", months_since_resection=24)
    assert got.judge(date(2026, 8, 30)) == "EARLY"
    assert got.judge(date(2099, 1, 1)) == "DUE"


def test_an_unknown_window_is_not_judged():
    assert clock("FU-08").judge(LAST) is None


def receptor(grade, *studies, resection=SURGERY):
    return start_receptor_clock(grade=grade, resection_date=resection, receptor_studies=studies)


@pytest.mark.parametrize(
    ("grade", "studies", "anchor", "due"),
    [
        ("G1", (), "resection", SURGERY),
        ("G1", (BEFORE,), "last_study", date(2026, 12, 24)),
        ("G1", (LAST, BEFORE), "last_study", date(2027, 8, 31)),
        ("G2", (), "resection", date(2025, 4, 30)),
        ("G2", (BEFORE,), "resection", date(2025, 4, 30)),
        ("G3", (BEFORE, LAST), "last_study", date(2026, 8, 31)),
        ("G3", (SURGERY,), "last_study", date(2026, 1, 31)),
    ],
)
def test_receptor_imaging_is_due_by_grade(grade, studies, anchor, due):
    got = receptor(grade, *studies)
    assert (got.rule, got.anchor, got.missing) == ("FU-02b", anchor, ())
    assert (got.due_from, got.due_until) == (due, due)


def test_the_receptor_clock_needs_all_its_facts():
    got = start_receptor_clock(grade=None, resection_date=None, receptor_studies=None)
    assert (got.due_from, got.window) == (None, None)
    assert got.missing == ("grade", "resection_date", "receptor_studies")
    assert receptor(None, LAST).missing == ("grade",)
    assert receptor("G1", LAST, resection=None).missing == ("resection_date",)


rules = st.sampled_from(sorted(TABLE.rules))
grades = st.sampled_from(["G1", "G2", "G3"]) | st.none()


@given(rules, grades, st.floats(0, 600) | st.none(), days | st.none(), days | st.none(), days)
def test_no_clock_fails_and_a_later_day_is_never_earlier_in_it(
    rule, grade, months, resection, last, on
):
    got = clock(rule, resection, last, grade=grade, months_since_resection=months)
    assert got.due_until is None or got.due_from <= got.due_until
    assert got.due_from is None or got.starts_on <= got.due_from
    order = ("EARLY", "DUE", "LATE")
    today, tomorrow = got.judge(on), got.judge(on + timedelta(days=1))
    assert (today is None) == (tomorrow is None)
    assert today is None or order.index(today) <= order.index(tomorrow)
