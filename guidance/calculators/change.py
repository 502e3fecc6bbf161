"""Relative change between two measurements of the same thing."""

# Decimal measurements have no exact binary form: without rounding 70.7 of 101 mm would fall
# by 29.999999999999996 % and miss a limit that it meets.
DECIMALS = 6


def percent_change(old: float, new: float) -> float | None:
    """Return the change from `old` to `new` in percent of `old`, None where `old` is not positive.

    The units of both are the same and do not matter. The result is rounded to six decimals.
    """
    return round(100 * (new - old) / old, DECIMALS) if old > 0 else None
