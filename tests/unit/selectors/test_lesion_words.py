"""Courses of lesions in words."""

import datetime

import pytest

from cases.selectors import lesion_words
from cases.selectors.body_map import Place, is_place, place_of, places
from guidance.calculators import course_choi, course_reading, course_sizes, targets
from guidance.calculators.course_reading import Category, Reason
from guidance.calculators.course_sizes import Size
from guidance.calculators.response import BestResponse

LABELS = {"1": "L1", "2": "L2"}


def codes_of(*modules):
    """Every code that a reason may have."""
    for module in modules:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str) and name not in ("CT", "ALL_NODES"):
                yield value


def test_every_reason_has_words():
    named = set(codes_of(course_reading, course_choi, course_sizes, targets))
    assert named - set(lesion_words.REASONS) == set()


@pytest.mark.parametrize(
    ("category", "words"),
    [
        (Category("PD", (Reason("new_lesion", ("2",)),)), "PD, progression (new lesion L2)"),
        (Category("SD"), "SD, stable disease"),
        (Category(None, (Reason("no_targets"),)), "not computable: no target lesion"),
        (
            Category("NE", (Reason("not_recorded", ("1", "2")), Reason("new_lesions_unknown"))),
            "NE, not evaluable (L1, L2: not recorded on this study; "
            "nobody says whether there is a new lesion)",
        ),
    ],
)
def test_a_category_says_what_it_rests_on(category, words):
    assert lesion_words.category_words(category, LABELS) == words


def test_a_best_response_says_until_when_it_counts_and_whether_it_is_confirmed():
    day = datetime.date(2025, 3, 21)
    best = BestResponse(confirmed="SD", unconfirmed="SD")
    assert lesion_words.best_words("mRECIST", best, day) == (
        "Best response by mRECIST until progression on 21 Mar 2025: SD."
    )
    best = BestResponse(confirmed="SD", unconfirmed="PR")
    assert lesion_words.best_words("mRECIST", best, None) == (
        "Best response by mRECIST: PR, not confirmed (confirmed best response SD)."
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0.0, "0 %"),
        (-30.0, "-30 %"),
        # Not quite the limit, so it is not written as the limit.
        (-29.96, "-29.96 %"),
        (19.98, "+19.98 %"),
        (-12.34, "-12.3 %"),
    ],
)
def test_a_change_in_percent(value, words):
    assert lesion_words.percent_words(value) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (Size(12.0), ""),
        (Size(5.0, default=True), "5 mm by default"),
        (Size(38.0, parts=2), "2 parts added"),
        (Size(25.0, parts=2, default=True), "2 parts added, 5 mm by default"),
        (Size(0.0, merged=True), "measured with another"),
    ],
)
def test_how_a_size_came_about(size, words):
    assert lesion_words.size_note(size) == words


def test_sizes_are_written_without_digits_that_say_nothing():
    assert [lesion_words.mm_words(value) for value in (None, 12.0, 12.5)] == ["", "12", "12.5"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("liver:VI", "Liver, Segment VI"),
        ("pancreas:tail", "Pancreas, tail"),
        ("bone", "Bone"),
        ("bone:elbow", "Bone, elbow"),
    ],
)
def test_places_in_words(code, words):
    assert place_of(code).words == words
    assert place_of(code).code == code


def test_the_map_knows_its_places():
    assert all(is_place(place) for place in places())
    assert len({place.code for place in places()}) == len(places())
    assert not is_place(Place("bone", "elbow"))
    assert not is_place(Place("brain", "VI"))
