"""Units of what comes in, and the unit that a laboratory code is for."""

import functools
from collections.abc import Mapping

from cases.readings.answer import Amount, Code
from cases.readings.notebook import Unreadable
from cases.terminology import codes, ucum
from cases.terminology.reading import systems

UCUM = "http://unitsofmeasure.org"


def named(written: str, *, code: str = "", system: str = "") -> str:
    """A unit as we write it; as it is written where we do not know it.

    Raises:
        Unreadable: a code of UCUM that is no unit here.
    """
    if code and codes.canonical(system) == UCUM:
        known = ucum.unit_of(code)
        if known is None:
            message = f"The unit {code} is not taken here."
            raise Unreadable(message)
        return known
    said = [one.strip() for one in (code if not system else "", written) if one]
    known = next((unit for one in said if (unit := ucum.unit_of(one))), None)
    return known or (written or code).strip()


def in_unit(amount: Amount, unit: str) -> Amount:
    """The amount in `unit`, one of a fact or column.

    Raises:
        Unreadable: no unit is given, or it does not convert.
    """
    if not amount.unit:
        message = f"It has no unit; {unit} is needed."
        raise Unreadable(message)
    of, to = ucum.code_of(amount.unit), ucum.code_of(unit)
    value = ucum.convert(amount.value, of=of, to=to) if of and to else None
    if value is None:
        message = f"The unit {amount.unit} does not fit; {unit} is needed."
        raise Unreadable(message)
    return Amount(amount.path, value, unit, amount.comparator)


def check_fit(code: Code, unit: str) -> None:
    """Whether a laboratory code is for such a unit: LOINC has one for mass, one for amount.

    Raises:
        Unreadable: it is for another kind of unit.
    """
    wanted = _quantities().get((codes.canonical(code.system), code.code), "")
    given = ucum.quantity_of(unit)
    if wanted and given not in (wanted, "unknown"):
        message = f"The unit {unit} does not fit the code {code.code}."
        raise Unreadable(message)


@functools.cache
def _quantities() -> Mapping[tuple[str, str], str]:
    return {
        (system.url, entry.code): entry.quantity
        for system in systems().values()
        for entry in system.entries
        if entry.quantity
    }
