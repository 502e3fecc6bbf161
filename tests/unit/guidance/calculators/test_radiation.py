import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.radiation import BANDS_MSV, Exposure, add_up
from guidance.engine import content


def test_each_band_has_the_range_of_the_source():
    ranges = {band: add_up([Exposure("CT_AP_W", band)]) for band in BANDS_MSV}
    assert {band: (dose.low_msv, dose.high_msv) for band, dose in ranges.items()} == {
        "zero": (0, 0),
        "three": (1, 10),
        "four": (10, 30),
        "three_or_higher": (1, None),
    }


def test_the_bands_are_those_of_the_ratings():
    ratings = content.read(content.DEFAULT_VERSION, "ratings")
    assert set(ratings["radiation"]) == {*BANDS_MSV, "not_stated"}


def test_bands_add_up_and_a_measured_dose_goes_before_its_band():
    got = add_up(
        [
            Exposure("CT_AP_W", "three"),
            Exposure("CT_AP_WWO", "four", dose_msv=12.5),
            Exposure("MRI_AP_WWO", "zero"),
        ]
    )
    assert (got.low_msv, got.high_msv) == (13.5, 22.5)
    assert (got.measured, got.banded, got.is_complete) == (1, 2, True)


def test_or_higher_opens_the_range_unless_the_dose_was_measured():
    opened = add_up([Exposure("CT_AP_W", "three_or_higher"), Exposure("CT_CAP_W", "four")])
    assert (opened.low_msv, opened.high_msv) == (11, None)
    measured = add_up([Exposure("CT_AP_W", "three_or_higher", dose_msv=8)])
    assert (measured.low_msv, measured.high_msv) == (8, 8)


def test_what_is_not_stated_is_named_and_never_guessed():
    got = add_up(
        [
            Exposure("PET_DOTATATE", "not_stated"),
            Exposure("CT_AP_W", "three"),
            Exposure("PET_FDG", None),
            Exposure("PET_FDG", None, dose_msv=6),
        ]
    )
    assert (got.low_msv, got.high_msv) == (7, 16)
    assert (got.unstated, got.is_complete) == (("PET_DOTATATE", "PET_FDG"), False)


def test_no_examination_is_no_dose():
    got = add_up([])
    assert (got.low_msv, got.high_msv, got.is_complete) == (0, 0, True)


@pytest.mark.parametrize("dose_msv", [-1, float("nan"), float("inf")])
def test_an_impossible_dose_is_refused(dose_msv):
    with pytest.raises(ValueError, match="a dose must be"):
        Exposure("CT_AP_W", "three", dose_msv=dose_msv)


exposures = st.lists(
    st.builds(
        Exposure,
        st.just("CT_AP_W"),
        st.sampled_from([*BANDS_MSV, "not_stated", None]),
        st.floats(0, 100) | st.none(),
    )
)


@given(exposures, st.randoms())
def test_the_order_of_examinations_does_not_matter(given_exposures, random):
    shuffled = list(given_exposures)
    random.shuffle(shuffled)
    assert add_up(shuffled) == add_up(given_exposures)


@given(exposures, exposures)
def test_more_examinations_never_lower_the_dose(some, more):
    before, after = add_up(some), add_up(some + more)
    assert before.low_msv <= after.low_msv
    assert before.high_msv is not None or after.high_msv is None
    assert after.high_msv is None or before.high_msv <= after.high_msv
    assert after.measured + after.banded + len(after.unstated) == len(some + more)


@given(exposures)
def test_low_is_never_above_high(given_exposures):
    got = add_up(given_exposures)
    assert got.high_msv is None or got.low_msv <= got.high_msv
