import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.grade import grade_tumor
from tests.unit.guidance.cases import read_data

CASES = read_data("micro_cases")["grades"]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("version", ["WHO2010", "WHO2017", "WHO2019", "WHO2022"])
def test_grade_micro_case(case, version):
    got = grade_tumor(
        ki67_percent=case["ki67"],
        mitoses=case["mitoses"],
        who_version=version,
        differentiation="well",
    )
    old = version == "WHO2010"
    assert got.grade == case["who2010" if old else "newer"]
    assert set(got.flags) == set(case["flags2010" if old else "flags_newer"])


def test_nothing_is_graded_without_an_edition():
    got = grade_tumor(ki67_percent=30, mitoses=30, who_version=None, pathologist_grade="G3")
    assert (got.grade, got.by_ki67, got.flags) == (None, None, ())


@pytest.mark.parametrize(("ki67", "grade", "used"), [(2.5, "G2", True), (8, "G2", False)])
def test_the_pathologists_grade_is_used_only_where_the_counts_give_none(ki67, grade, used):
    got = grade_tumor(
        ki67_percent=ki67, mitoses=None, who_version="WHO2010", pathologist_grade="G2"
    )
    assert (got.grade, got.by_pathologist) == (grade, used)


counts = st.floats(0, 100)


def grade(ki67, mitoses, version="WHO2022"):
    return grade_tumor(ki67_percent=ki67, mitoses=mitoses, who_version=version).grade


@given(counts, counts, counts)
def test_a_higher_count_never_lowers_the_grade(one, other, mitoses):
    low, high = sorted((one, other))
    assert grade(low, mitoses) <= grade(high, mitoses)
    assert grade(mitoses, low) <= grade(mitoses, high)


@given(counts, counts)
def test_a_count_that_is_not_known_never_raises_the_grade(ki67, mitoses):
    both = grade(ki67, mitoses)
    assert grade(None, None) is None
    assert grade(ki67, None) <= both
    assert grade(None, mitoses) <= both


@given(counts, counts | st.none())
def test_only_the_gap_of_2010_separates_the_editions(ki67, mitoses):
    old = grade(ki67, mitoses, "WHO2010")
    assert old == grade(ki67, mitoses) or (old is None and 2 < ki67 < 3)
