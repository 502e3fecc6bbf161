import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.choi import Density, assess_choi

BASELINE = Density(100, 100)


def assess(size, attenuation, new=False, nodules=False, baseline=BASELINE, **more):
    return assess_choi(
        baseline=baseline,
        current=Density(size, attenuation),
        new_lesions=new,
        growing_nodules=nodules,
        **more,
    )


@pytest.mark.parametrize(
    ("size", "attenuation", "expected"),
    [
        (90, 100, "PR"),
        (90.1, 100, "SD"),
        (100, 85, "PR"),
        (100, 85.1, "SD"),
        (109.9, 100, "SD"),
        (110, 100, "PD"),
        (110, 85.1, "PD"),
        # Larger but less dense is a response.
        (110, 85, "PR"),
        (90, 150, "PR"),
        (0, None, "CR"),
        (0, 85, "CR"),
        # Unknown stays unknown where it matters.
        (110, None, "NE"),
        (100, None, "NE"),
        (90, None, "PR"),
        (None, 85, "PR"),
        (None, 100, "NE"),
        (None, None, "NE"),
    ],
)
def test_choi_by_size_and_attenuation(size, attenuation, expected):
    assert assess(size, attenuation).response == expected


@pytest.mark.parametrize(
    ("new", "nodules", "expected"),
    [
        (True, False, "PD"),
        (False, True, "PD"),
        (None, True, "PD"),
        (None, False, "NE"),
        (False, None, "NE"),
    ],
)
def test_new_lesions_and_growing_nodules_are_progression_whatever_the_density(
    new, nodules, expected
):
    assert assess(80, 50, new, nodules).response == expected


def test_a_baseline_without_a_percentage_gives_none():
    got = assess(100, 50, baseline=Density(100, 0))
    assert (got.response, got.attenuation_change_percent) == ("NE", None)
    assert assess(0, 50, baseline=Density(0, 100)).size_change_percent is None


def test_the_result_carries_its_changes_and_its_caveats():
    got = assess(110, 80, hemorrhage=True)
    assert (got.size_change_percent, got.attenuation_change_percent) == (10, -20)
    assert got.caveats == ("RSP-05", "W-HAEMORRHAGE")
    assert (assess(110, 80).caveats, got.beyond_sources) == (("RSP-05",), True)


@pytest.mark.parametrize("values", [(-1, 50), (float("nan"), 50), (50, float("inf"))])
def test_impossible_measurements_are_refused(values):
    with pytest.raises(ValueError, match="must be"):
        Density(*values)


sizes = st.floats(0, 300)
attenuations = st.floats(-50, 200)
truths = st.booleans() | st.none()
ORDER = ("CR", "PR", "SD", "PD")


@given(sizes | st.none(), attenuations | st.none(), truths, truths)
def test_an_unknown_never_gives_what_knowing_would_deny(size, attenuation, new, nodules):
    vague = assess(size, attenuation, new, nodules).response
    for known_size in [size] if size is not None else [50, 100, 150]:
        for known_attenuation in [attenuation] if attenuation is not None else [50, 100]:
            for known_new in [new] if new is not None else [True, False]:
                for known_nodules in [nodules] if nodules is not None else [True, False]:
                    sure = assess(known_size, known_attenuation, known_new, known_nodules)
                    assert vague in ("NE", sure.response)


@given(sizes, sizes, attenuations)
def test_a_larger_sum_never_reads_as_a_better_response(one, other, attenuation):
    small, large = (assess(size, attenuation).response for size in sorted((one, other)))
    assert ORDER.index(small) <= ORDER.index(large)
