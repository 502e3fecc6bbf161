import pytest

from guidance.engine.intervals import disagree


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([(12, 12), (6, 6)], True),
        ([(6, 12), (12, "longer")], False),
        ([(12, "longer"), (3, 3)], True),
        ([(12, 12), None, "unspecified"], False),
        ([], False),
    ],
)
def test_windows_disagree_when_a_pair_has_no_month_in_common(windows, expected):
    assert disagree(windows) is expected
