"""Units over the wire: UCUM's codes for ours, and the conversions that the dictionary needs.

What a gram of hormone is in moles is not here: it is the analyte's (`Analyte.factor`).
"""

import functools
from collections.abc import Mapping
from decimal import Decimal

from cases.terminology.reading import Unit, raw, units


def code_of(unit: str) -> str | None:
    """UCUM's code for a unit as we write it, or as a fact of the dictionary spells it."""
    known = _by_unit().get(_plain(unit))
    return known.code if known else None


def unit_of(code: str) -> str | None:
    """How we write the unit with this UCUM code; None for a unit that we do not take."""
    known = _by_code().get(code.strip())
    return known.unit if known else None


def quantity_of(unit: str) -> str:
    """What a unit of ours measures, `mass` or `amount` for example; `unknown` for no unit of ours.

    Never empty: a code for a certain quantity must not be sent with a unit that nobody knows.
    """
    known = _by_unit().get(_plain(unit))
    return known.quantity if known else "unknown"


def convert(value: Decimal, *, of: str, to: str) -> Decimal | None:
    """`value` in another unit, both by their UCUM codes; None where they do not convert."""
    one, other = _by_code().get(of.strip()), _by_code().get(to.strip())
    if one is None or other is None or one.quantity != other.quantity:
        return None
    factor = one.factor / other.factor
    return value * factor.numerator / factor.denominator


def _plain(unit: str) -> str:
    words: Mapping[str, str] = raw("ucum")["dictionary"]
    return words.get(unit, unit)


@functools.cache
def _by_unit() -> Mapping[str, Unit]:
    return {unit.unit: unit for unit in units()}


@functools.cache
def _by_code() -> Mapping[str, Unit]:
    return {code: unit for unit in units() for code in (unit.code, *unit.also)}
