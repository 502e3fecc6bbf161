"""Amounts as people write them."""

from cases.readings.answer import Amount, Words
from cases.readings.notebook import Unreadable
from cases.readings.numbers import number_in
from cases.readings.units import named

#: As FHIR R4 has them, the longer ones first.
COMPARATORS = ("<=", ">=", "<", ">")


def in_words(path: str, text: str, *, unit: str = "") -> Amount | Words:
    """What a text says: a number where it is one with a unit ("12 %", "<3 ng/mL"), else words.

    Args:
        unit: that stands beside the text, as we write it; then a bare number is enough.
    """
    said = text.strip()
    comparator = next((sign for sign in COMPARATORS if said.startswith(sign)), "")
    rest = said[len(comparator) :].strip()
    number = rest.rstrip("%").split(" ")[0]
    written = rest[len(number) :].strip()
    if not (written or unit) or (written and unit and named(written) != unit):
        return Words(path, said)
    try:
        return Amount(path, number_in(number), named(written) or unit, comparator)
    except Unreadable:
        return Words(path, said)
