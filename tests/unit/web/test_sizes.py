"""Sizes as people type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cases.selectors.body_map import places
from cases.web.body_map import POINTS
from cases.web.forms.sizes import SizeField, is_in_cm


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("", None),
        ("  ", None),
        ("12", "12.0"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("12 mm", "12.0"),
        ("12MM", "12.0"),
        ("1.2 cm", "12.0"),
        ("1.25cm", "12.5"),
        ("0", "0.0"),
    ],
)
def test_sizes_are_read_in_mm(typed, size):
    assert SizeField(required=False).clean(typed) == (Decimal(size) if size else None)


@pytest.mark.parametrize(
    "typed", ["big", "12 in", "1.2 m", "12 HU", "-3", "1e3", "12 13", "12 mm x 8 mm", "١٢", "1.2.3"]
)
def test_what_is_no_size_is_refused(typed):
    with pytest.raises(ValidationError, match="Enter a size in mm"):
        SizeField(required=False).clean(typed)


@pytest.mark.parametrize("typed", ["12.34", "1.234 cm"])
def test_nothing_finer_than_a_tenth_is_kept(typed):
    with pytest.raises(ValidationError, match="tenth of a millimeter"):
        SizeField(required=False).clean(typed)


def test_what_was_typed_in_cm_is_known():
    assert is_in_cm(" 1.2 CM ")
    assert not is_in_cm("12")


def test_every_place_has_its_point_on_the_drawing():
    inside = {place.code for place in places() if place.site not in ("other",)}
    assert inside <= set(POINTS)
    assert all(0 < x < 320 and 0 < y < 420 for x, y in POINTS.values())
