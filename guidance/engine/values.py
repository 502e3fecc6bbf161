"""Values of facts in the words of the data dictionary."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from guidance.engine.dictionary import DICTIONARY, FactDefinition, FieldDefinition
from guidance.engine.facts import UNKNOWN

#: A whole number of more digits than this is cut short: it has no largest, a line of text has.
MOST_DIGITS = 20
#: The words of codes in a record's list of texts, which has none of its own.
LISTED: Mapping[Any, str] = DICTIONARY["ordered_phases"].value_labels


def value_words(definition: FactDefinition | FieldDefinition, value: Any) -> str:
    """Return a fact's value, as a fact or as JSON, for a reader.

    Labels for codes, units after numbers, dates as 21 Nov 2026; a code that the dictionary does
    not have stands as it is.
    """
    if value is None or value == UNKNOWN:
        return UNKNOWN
    if definition.kind in ("bool3", "enum"):
        return str(definition.value_labels.get(value, value))
    if definition.kind == "date":
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    if definition.kind in ("integer", "decimal"):
        return f"{number_words(value)} {definition.unit}".strip()
    if definition.kind == "list":
        return ", ".join(str(definition.value_labels.get(code, code)) for code in value) or "none"
    if definition.kind == "strings":
        return ", ".join(str(LISTED.get(code, code)) for code in value) or "none"
    if definition.kind == "records":
        return "; ".join(_record(definition, record) for record in value) or "none"
    return str(value)


def number_words(value: float) -> str:
    """Return a number without digits that say nothing: 3.0 as 3.

    Of a whole number of more than 20 digits the first 20, and how many there are.
    """
    is_whole = isinstance(value, int) or value.is_integer()
    return _whole_words(int(value)) if is_whole else str(value)


def _whole_words(value: int) -> str:
    size = abs(value)
    if size < 10**MOST_DIGITS:
        return str(value)
    # Python refuses to write a number of thousands of digits, so only its first are written.
    dropped = int(math.log10(size)) - MOST_DIGITS
    first = str(size // 10**dropped)
    sign = "-" if value < 0 else ""
    return f"{sign}{first[:MOST_DIGITS]}… ({dropped + len(first):,} digits)"


def is_storable(text: str) -> bool:
    """Return whether a text can be kept and sent: no NUL, no half of a surrogate pair."""
    return not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in text)


def _record(definition: Any, record: Mapping[str, Any]) -> str:
    named = [field for field in definition.fields if field.name in record]
    return ", ".join(_field(field, record[field.name]) for field in named)


def _field(field: FieldDefinition, value: Any) -> str:
    """A field of a record; a yes or no says to what."""
    words = value_words(field, value)
    if field.kind == "bool3":
        return f"{field.name.replace('_', ' ')}: {words.lower()}"
    return words
