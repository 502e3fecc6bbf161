"""Numbers and quantities, with the precision that they were written with."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from cases.fhir.search.prefixes import Prefix, read_prefix
from cases.fhir.search.ranges import Range, compares
from cases.fhir.search.strings import unescaped
from cases.fhir.search.tokens import BAR

FORM = re.compile(r"\A[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?\Z")
#: How much wider `ap` looks.
ABOUT = Decimal("0.1")
#: [prefix]number|system|code.
PARTS = 3


class Amount(NamedTuple):
    """What is asked for; an empty system or unit is any."""

    prefix: Prefix
    span: Range
    system: str = ""
    unit: str = ""


def read_number(text: str) -> Amount:
    """A number with its prefix.

    Raises:
        ValueError: it is none.
    """
    prefix, rest = read_prefix(text.strip())
    if not FORM.match(rest):
        message = "Give a number such as 5, 5.40 or gt1e2."
        raise ValueError(message)
    value = Decimal(rest)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - it is a number
    # Half of the last digit that was written, to both sides: 100 is 99.5 to 100.5.
    margin = Decimal(5).scaleb(min(exponent, 0) - 1 if "e" not in rest.lower() else exponent - 1)
    if prefix is Prefix.AP:
        margin = max(abs(value) * ABOUT, margin)
    if prefix in (Prefix.EQ, Prefix.NE, Prefix.AP):
        return Amount(prefix, Range(value - margin, value + margin))
    return Amount(prefix, Range(value, value))


def read_quantity(text: str) -> Amount:
    """A number, and behind bars a system and a unit.

    Raises:
        ValueError: the number is none, or there are more parts.
    """
    parts = [unescaped(part) for part in BAR.split(text)]
    if len(parts) not in (1, PARTS):
        message = "Give a number, or number|system|code."
        raise ValueError(message)
    amount = read_number(parts[0])
    return amount._replace(system=parts[1], unit=parts[2]) if len(parts) == PARTS else amount


def matches_number(value: Any, wanted: Amount) -> bool:
    """Whether a number stands so to what is wanted."""
    number = _number(value)
    return number is not None and compares(wanted.prefix, wanted.span, Range(number, number))


def matches_quantity(value: Any, wanted: Amount) -> bool:
    """Whether a Quantity, Range or Age of the unit stands so to what is wanted.

    Nothing is converted: what is asked for in mm does not find cm.
    """
    return any(
        (not wanted.system or quantity.get("system") == wanted.system)
        and (not wanted.unit or wanted.unit in (quantity.get("code"), quantity.get("unit")))
        and compares(wanted.prefix, wanted.span, span)
        for quantity, span in _spans(value)
    )


def _spans(value: Any) -> Iterator[tuple[dict[str, Any], Range]]:
    if not isinstance(value, dict):
        return
    number = _number(value.get("value"))
    if number is not None:
        yield value, _compared(value.get("comparator"), number)
    low, high = (value.get(name) for name in ("low", "high"))
    if isinstance(low, dict) or isinstance(high, dict):
        ends = [_number(end.get("value")) if isinstance(end, dict) else None for end in (low, high)]
        yield low if isinstance(low, dict) else high or {}, Range(*ends)


def _compared(comparator: Any, number: Decimal) -> Range:
    """What `<5` stands for: everything below."""
    if comparator in ("<", "<="):
        return Range(None, number)
    return Range(number, None) if comparator in (">", ">=") else Range(number, number)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
