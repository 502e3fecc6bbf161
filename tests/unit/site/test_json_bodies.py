"""Numbers in JSON that comes in: as they were written, within bounds."""

from decimal import Decimal

import pytest

from tumorboard.json_bodies import BadJson, bounded, exact, read_json


@pytest.mark.parametrize("number", [bounded, exact])
def test_a_number_is_what_it_says(number):
    assert read_json(b"[1.5, 1e3]", deepest=3, number=number) == [1.5, 1000]


def test_a_number_may_be_kept_as_it_was_written():
    (found,) = read_json(b"[1.50]", deepest=3, number=exact)
    assert (found, str(found)) == (Decimal("1.50"), "1.50")


@pytest.mark.parametrize(
    ("number", "text"),
    [(bounded, "1e400"), (bounded, "-1e400"), (exact, "1e400"), (exact, "1e-9999999999999999999")],
)
def test_a_number_beyond_all_numbers_is_none(number, text):
    """ASVS v5.0.0-1.4.2: a number has bounds."""
    with pytest.raises(BadJson, match="The body holds a number"):
        read_json(f"[{text}]".encode(), deepest=3, number=number)


def test_a_whole_number_of_thousands_of_digits_is_told_of_in_our_words():
    with pytest.raises(BadJson) as caught:
        read_json(b"[1" + b"0" * 5000 + b"]", deepest=3)
    assert str(caught.value) == "The body holds a number beyond all that can be kept."
