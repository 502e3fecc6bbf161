"""The grade of one specimen, and which one speaks for the case."""

import pytest

from cases.selectors.specimen_grades import grading, is_carcinoma, rank, speaker
from tests.factories.history import some_specimen

WHO = "WHO2022"


def test_the_grade_is_computed_from_the_specimens_own_counts_in_each_edition():
    specimen = some_specimen(ki67_percent=2.5, mitoses_per_10hpf=1)
    assert grading(specimen, by="WHO2010").grade is None
    assert grading(specimen, by="WHO2010").in_gap
    assert grading(specimen, by=WHO).grade == "G1"


def test_the_higher_count_decides():
    found = grading(some_specimen(ki67_percent=1, mitoses_per_10hpf=5), by=WHO)
    assert (found.grade, found.by_ki67, found.by_mitoses) == ("G2", "G1", "G2")


def test_the_pathologists_grade_stands_in_where_nothing_was_counted():
    found = grading(some_specimen(grade="G3"), by=WHO)
    assert (found.grade, found.by_pathologist) == ("G3", True)


def test_a_grade_of_another_who_edition_is_none_of_this_one():
    specimen = some_specimen(grade="G2", who_version="WHO2022")
    assert grading(specimen, by="WHO2022").grade == "G2"
    assert grading(specimen, by="WHO2010").grade is None
    in_gap = some_specimen(grade="G1", ki67_percent=2.5, who_version="WHO2022")
    found = grading(in_gap, by="WHO2010")
    assert (found.grade, found.in_gap) == (None, True)
    # It still keeps a lower specimen from speaking in its place.
    assert rank(specimen, by="WHO2010") == 3
    assert rank(in_gap, by="WHO2010") == 2


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, 0),
        ({"ki67_percent": 1}, 1),
        ({"ki67_percent": 2.5}, 2),
        ({"ki67_percent": 5}, 3),
        ({"grade": "G3"}, 4),
    ],
)
def test_a_count_in_the_gap_ranks_between_g1_and_g2(columns, expected):
    assert rank(some_specimen(**columns), by="WHO2010") == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, False),
        ({"differentiation": "well", "subtype": "NET"}, False),
        ({"differentiation": "poor"}, True),
        ({"subtype": "NEC_small_cell"}, True),
        ({"subtype": "NEC_large_cell"}, True),
        ({"subtype": "MANEC"}, True),
    ],
)
def test_what_counts_as_carcinoma(columns, expected):
    assert is_carcinoma(some_specimen(**columns)) is expected


@pytest.mark.parametrize(
    ("one", "other", "speaks"),
    [
        pytest.param(
            {"taken_on": "2024-01-01", "ki67_percent": 8},
            {"taken_on": "2026-01-01", "ki67_percent": 1},
            0,
            id="the higher grade, though older",
        ),
        pytest.param(
            {"taken_on": "2024-01-01", "ki67_percent": 18},
            {"taken_on": "2026-01-01", "ki67_percent": 4},
            1,
            id="the newest of one grade",
        ),
        pytest.param(
            {"taken_on": "2024-01-01", "ki67_percent": 8},
            {"taken_on": "2026-01-01", "grade": "G2"},
            0,
            id="the one with Ki-67 of one grade",
        ),
        pytest.param(
            {"taken_on": "2024-01-01", "subtype": "NEC_small_cell"},
            {"taken_on": "2026-01-01", "ki67_percent": 30},
            0,
            id="carcinoma before any count",
        ),
        pytest.param(
            {"taken_on": "2024-01-01", "ki67_percent": 1},
            {"taken_on": "2026-01-01", "differentiation": "well"},
            0,
            id="one that says nothing of grade never speaks",
        ),
    ],
)
def test_who_speaks(one, other, speaks):
    rows = [some_specimen(**one), some_specimen(**other)]
    assert speaker(rows, by=WHO) is rows[speaks]
    assert speaker(rows[::-1], by=WHO) is rows[speaks]


def test_nobody_speaks_where_nothing_is_said():
    assert speaker([], by=WHO) is None
    assert speaker([some_specimen()], by=WHO) is None
