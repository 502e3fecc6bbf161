"""Numbers, as JSON or text has them, without loss."""

import re
from decimal import Decimal
from typing import Any

from cases.readings.notebook import Unreadable

#: Beyond any quantity of medicine, and small enough to reckon with.
HUGE = Decimal(10) ** 10
MOST_DIGITS = 40
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,20})?", re.ASCII)


def number_of(value: Any) -> Decimal:
    """A number of JSON, as precise as it was written.

    Raises:
        Unreadable: it is no number, or one that no column holds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        message = "This is not a number."
        raise Unreadable(message)
    # A whole number of a million digits is never written out.
    number = Decimal(repr(value)) if isinstance(value, float) else _exact(value)
    if not number.is_finite() or abs(number) >= HUGE:
        message = "This number is out of any range."
        raise Unreadable(message)
    if len(number.as_tuple().digits) > MOST_DIGITS or number.adjusted() < -MOST_DIGITS:
        message = "This number has more digits than can be kept."
        raise Unreadable(message)
    return number


def number_in(text: str) -> Decimal:
    """A number that is written out, with a point.

    Raises:
        Unreadable: it is no number, or one that no column holds.
    """
    if not _NUMBER.fullmatch(text.strip()):
        message = "This is not a number."
        raise Unreadable(message)
    return number_of(Decimal(text.strip()))


def kept(number: Decimal, *, places: int) -> Decimal:
    """The same number, where a column of so many decimal places holds it.

    Raises:
        Unreadable: it has more decimals; none is cut off.
    """
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        message = f"It has more decimals than are kept here ({places})."
        raise Unreadable(message)
    return number


def _exact(value: int | Decimal) -> Decimal:
    if isinstance(value, int) and abs(value) >= HUGE:
        return HUGE
    return Decimal(value)
