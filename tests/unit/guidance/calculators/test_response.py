from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.response import MRECIST, RECIST, InvalidSeries, Visit, assess_series
from guidance.calculators.targets import Target

START = date(2026, 1, 1)
LIVER = (Target("liver", 50), Target("liver", 50))
WITH_NODE = (Target("liver", 50), Target("hilar", 20, is_node=True))
ORDER = ("CR", "PR", "SD", "PD")


def visit(*diameters, week=8, new=False, others="none"):
    return Visit(START + timedelta(weeks=week), diameters, new, others)


def read(*visits, targets=LIVER, criteria=RECIST, **more):
    return assess_series(criteria, targets=targets, baseline_on=START, visits=visits, **more)


def overall(*visits, **more):
    return [found.overall for found in read(*visits, **more).visits]


@pytest.mark.parametrize(
    ("diameters", "expected"),
    [
        ((0, 0), "CR"),
        ((0, 1), "PR"),
        ((35, 35), "PR"),
        ((35, 35.1), "SD"),
        ((50, 50), "SD"),
        ((60, 59.9), "SD"),
        ((60, 60), "PD"),
    ],
)
def test_recist_limits_of_the_sum(diameters, expected):
    assert overall(visit(*diameters)) == [expected]


@pytest.mark.parametrize(
    ("diameter", "recist", "mrecist"),
    [(14.3, "SD", "SD"), (14.4, "SD", "PD"), (16.9, "SD", "PD"), (17, "PD", "PD")],
)
def test_a_small_sum_has_to_grow_by_5_mm_as_well_but_not_in_mrecist(diameter, recist, mrecist):
    targets = (Target("liver", 12),)
    assert overall(visit(diameter), targets=targets) == [recist]
    assert overall(visit(diameter), targets=targets, criteria=MRECIST) == [mrecist]


def test_limits_hold_where_binary_fractions_would_miss_them():
    assert overall(visit(70.7), targets=(Target("liver", 101),)) == ["PR"]
    assert overall(visit(30.3, 42.42), targets=(Target("liver", 30.3), Target("liver", 30.3))) == [
        "PD"
    ]


@pytest.mark.parametrize(
    ("diameters", "expected"), [((0, 9.9), "CR"), ((0, 10), "PR"), ((1, 9.9), "PR")]
)
def test_a_complete_response_includes_nodes_below_10_mm(diameters, expected):
    assert overall(visit(*diameters), targets=WITH_NODE) == [expected]


def test_progression_is_measured_from_the_smallest_sum():
    got = read(visit(25, 25), visit(30, 30, week=16), visit(31, 31, week=24))
    assert [found.overall for found in got.visits] == ["PR", "PD", "PD"]
    assert [found.nadir_mm for found in got.visits] == [100, 50, 50]
    assert [found.change_from_nadir_percent for found in got.visits] == [-50, 20, 24]
    assert [found.change_from_baseline_percent for found in got.visits] == [-50, -40, -38]


def test_a_lesion_that_reappears_after_a_complete_response_is_progression():
    assert overall(visit(0, 0), visit(0, 3, week=16)) == ["CR", "PD"]
    # Nothing reappears while something was there all along.
    assert overall(visit(20, 0), visit(20, 3, week=16)) == ["PR", "PR"]
    # A node of normal size was never gone; its growth counts in the sum.
    after = [visit(0, 8, week=16), visit(0, 12.9, week=24), visit(0, 13, week=32)]
    assert overall(visit(0, 8), *after, targets=WITH_NODE) == ["CR", "CR", "PR", "PD"]


@pytest.mark.parametrize(
    ("diameters", "new", "others", "expected"),
    [
        ((0, 0), True, "none", "PD"),
        ((0, 0), False, "PD", "PD"),
        ((0, 0), False, "CR", "CR"),
        ((0, 0), False, "non_CR_non_PD", "PR"),
        ((0, 0), False, "NE", "PR"),
        ((30, 30), False, "non_CR_non_PD", "PR"),
        ((50, 50), False, "NE", "SD"),
        ((50, None), False, "none", "NE"),
        ((None, None), False, "none", "NE"),
        ((50, None), True, "none", "PD"),
        # What was measured proves progression, whatever the rest.
        ((120, None), False, "none", "PD"),
        # Nobody says whether there is a new lesion.
        ((0, 0), None, "none", "NE"),
        ((30, 30), None, "PD", "PD"),
        ((60, 60), None, "none", "PD"),
    ],
)
def test_overall_response_of_a_visit(diameters, new, others, expected):
    assert overall(visit(*diameters, new=new, others=others)) == [expected]


def test_a_visit_that_is_not_evaluable_has_no_sum_and_leaves_the_nadir():
    got = read(visit(10, None), visit(45, 45, week=16)).visits
    assert (got[0].sum_mm, got[0].change_from_baseline_percent) == (None, None)
    assert (got[0].change_from_nadir_percent, got[1].nadir_mm) == (None, 100)


def test_without_targets_only_progression_can_be_told():
    assert overall(visit(others="PD"), visit(week=9), targets=()) == ["PD", "NE"]
    assert overall(visit(new=True), targets=()) == ["PD"]


# S is stable both from baseline and over the smallest sum of P.
C, P, S, X, N = (0, 0), (30, 30), (36, 35.9), (90, 90), (None, None)


@pytest.mark.parametrize(
    ("series", "confirmed", "unconfirmed"),
    [
        ([(8, P), (12, P)], "PR", "PR"),
        ([(8, P), (11.9, P)], "SD", "PR"),
        ([(8, P), (12, C)], "PR", "CR"),
        ([(8, C), (12, C)], "CR", "CR"),
        ([(8, C), (10, C), (12, C)], "CR", "CR"),
        ([(8, P), (10, N), (12, P)], "PR", "PR"),
        ([(8, P), (12, S), (16, P)], "SD", "PR"),
        ([(8, P), (12, S), (16, P), (20, P)], "PR", "PR"),
        ([(8, P), (12, X)], "SD", "PR"),
        ([(4, P), (8, X)], "PD", "PR"),
        ([(8, P), (12, N)], "SD", "PR"),
        ([(4, P), (8, N)], "NE", "PR"),
        ([(8, S)], "SD", "SD"),
        ([(6, S)], "SD", "SD"),
        ([(5.9, S)], "NE", "NE"),
        ([(5.9, S), (8, X)], "PD", "PD"),
        ([(8, X), (12, P), (16, P)], "PD", "PD"),
        ([(8, N)], "NE", "NE"),
        ([], "NE", "NE"),
    ],
    ids=str,
)
def test_best_response_and_its_confirmation(series, confirmed, unconfirmed):
    best = read(*(visit(*diameters, week=week) for week, diameters in series)).best
    assert (best.confirmed, best.unconfirmed) == (confirmed, unconfirmed)


@pytest.mark.parametrize(
    ("criteria", "hemorrhage", "caveats"),
    [
        (RECIST, None, ("RSP-04",)),
        (RECIST, False, ("RSP-04",)),
        (MRECIST, False, ("RSP-05",)),
        (MRECIST, True, ("RSP-05", "W-HAEMORRHAGE")),
    ],
)
def test_every_result_carries_the_caveat_of_the_source(criteria, hemorrhage, caveats):
    got = read(visit(50, 50), criteria=criteria, hemorrhage=hemorrhage)
    assert (got.caveats, got.beyond_sources, got.criteria) == (caveats, True, criteria.name)


def test_mrecist_counts_the_part_that_still_enhances():
    assert overall(visit(0, 0), visit(2, 0, week=16), criteria=MRECIST) == ["CR", "PD"]
    assert overall(visit(30, 40), criteria=MRECIST) == ["PR"]


@pytest.mark.parametrize(
    ("targets", "visits", "faults"),
    [
        (LIVER[:1] * 3, [visit(1, 1, 1)], ("more_than_two_targets_in_one_organ",)),
        ((Target("liver", 9),), [visit(1)], ("target_not_measurable",)),
        (LIVER, [visit(1)], ("visit_without_every_target",)),
        (LIVER, [visit(1, 1), visit(1, 1)], ("visits_not_in_order_of_date",)),
        (
            LIVER,
            [visit(1, week=0)],
            ("visit_without_every_target", "visits_not_in_order_of_date"),
        ),
    ],
    ids=str,
)
def test_a_series_that_cannot_be_read_is_refused(targets, visits, faults):
    with pytest.raises(InvalidSeries) as refusal:
        read(*visits, targets=targets)
    assert refusal.value.faults == faults


def test_an_impossible_size_is_refused():
    with pytest.raises(ValueError, match="a size must be"):
        visit(10, -1)


diameters = st.tuples(*[st.floats(0, 200).map(lambda size: round(size, 1)) | st.none()] * 2)
visits = st.lists(
    st.tuples(
        diameters,
        st.booleans() | st.none(),
        st.sampled_from(["none", "CR", "non_CR_non_PD", "PD", "NE"]),
    ),
    max_size=5,
).map(
    lambda rows: [
        visit(*sizes, week=6 * number, new=new, others=others)
        for number, (sizes, new, others) in enumerate(rows, start=1)
    ]
)
criterias = st.sampled_from([RECIST, MRECIST])


@given(criterias, visits)
def test_no_order_of_visits_fails_and_confirmation_never_improves_a_response(criteria, series):
    got = read(*series, criteria=criteria)
    assert len(got.visits) == len(series)
    rank = [*ORDER, "NE"].index
    assert rank(got.best.confirmed) >= rank(got.best.unconfirmed)


@given(criterias, visits.filter(bool))
def test_forgetting_a_size_never_gives_another_definite_response(criteria, series):
    whole = series[0]
    forgotten = replace(whole, diameters_mm=(None, whole.diameters_mm[1]))
    assert overall(forgotten, criteria=criteria) in (overall(whole, criteria=criteria), ["NE"])


@given(criterias, visits)
def test_a_new_lesion_is_always_progression(criteria, series):
    with_new = [replace(found, new_lesions=True) for found in series]
    assert set(overall(*with_new, criteria=criteria)) <= {"PD"}


@given(criterias, visits)
def test_the_order_of_the_targets_does_not_matter(criteria, series):
    turned = [replace(found, diameters_mm=found.diameters_mm[::-1]) for found in series]
    assert overall(*turned, criteria=criteria) == overall(*series, criteria=criteria)


@given(criterias, st.floats(0, 200), st.floats(0, 200))
def test_a_larger_sum_never_reads_as_a_better_response(criteria, one, other):
    small, large = (overall(visit(size, 20), criteria=criteria)[0] for size in sorted((one, other)))
    assert ORDER.index(small) <= ORDER.index(large)
