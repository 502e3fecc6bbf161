"""Numbers and quantities, with the precision that they were written with."""

from decimal import Decimal

import pytest

from cases.fhir.search.quantities import (
    matches_number,
    matches_quantity,
    read_number,
    read_quantity,
)

UCUM = "http://unitsofmeasure.org"
SIZE = {"value": Decimal("5.40"), "unit": "mm", "system": UCUM, "code": "mm"}


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("5.4", True),
        ("5", True),
        ("6", False),
        ("5.40", True),
        ("5.41", False),
        ("ne5.4", False),
        ("gt5.4", False),
        ("ge5.4", True),
        ("gt5", True),
        ("lt6", True),
        ("le5.4", True),
        ("sa5.3", True),
        ("eb5.5", True),
        ("ap5", True),
        ("ap4", False),
        ("54e-1", True),
        (f"5.4|{UCUM}|mm", True),
        ("5.4||mm", True),
        (f"5.4|{UCUM}|cm", False),
        ("5.4|http://other.example|mm", False),
    ],
)
def test_a_quantity_is_compared(wanted, is_found):
    assert matches_quantity(SIZE, read_quantity(wanted)) is is_found


def test_a_quantity_below_something_is_everything_below():
    below = {"value": 5, "comparator": "<"}
    assert matches_quantity(below, read_quantity("lt4"))
    assert not matches_quantity(below, read_quantity("gt5"))
    assert matches_quantity({"value": 5, "comparator": ">="}, read_quantity("gt9"))


def test_a_range_is_compared():
    there = {"low": {"value": 2, "code": "mm"}, "high": {"value": 4, "code": "mm"}}
    assert matches_quantity(there, read_quantity("gt3||mm"))
    assert not matches_quantity(there, read_quantity("gt4"))
    assert matches_quantity({"high": {"value": 4}}, read_quantity("lt1"))


def test_what_is_no_quantity_matches_nothing():
    for there in ("5.4", None, {"value": "5.4"}, {"value": True}, {}):
        assert not matches_quantity(there, read_quantity("5.4"))


def test_a_number_is_compared():
    assert matches_number(5.4, read_number("5.4"))
    assert matches_number(100, read_number("1e2"))
    assert not matches_number("5.4", read_number("5.4"))


@pytest.mark.parametrize("text", ["", "gt", "NaN", "Infinity", "1e999", "0x5", "5|mm", "1" * 40])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="Give a number"):
        read_quantity(text)
