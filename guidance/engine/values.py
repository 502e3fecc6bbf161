"""Values of facts in the words of the data dictionary."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guidance.engine.dictionary import FactDefinition, FieldDefinition
from guidance.engine.facts import UNKNOWN


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
    if definition.kind == "records":
        return "; ".join(_record(definition, record) for record in value) or "none"
    return str(value)


def number_words(value: float) -> str:
    """Return a number without digits that say nothing: 3.0 as 3."""
    return str(int(value)) if float(value).is_integer() else str(value)


def _record(definition: Any, record: Mapping[str, Any]) -> str:
    named = [field for field in definition.fields if field.name in record]
    return ", ".join(value_words(field, record[field.name]) for field in named)
