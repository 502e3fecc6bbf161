"""Facts and their values in the words of the data dictionary."""

import datetime
from typing import Any

from cases.models.fact_answer import UNKNOWN
from guidance.engine.dictionary import FactDefinition, FieldDefinition
from tumorboard.formats import day


def value_words(fact: FactDefinition | FieldDefinition, value: Any) -> str:
    """A fact's value for a reader: labels for codes, units after numbers, dates as everywhere."""
    if value is None or value == UNKNOWN:
        return "unknown"
    if fact.kind in ("bool3", "enum"):
        return str(fact.value_labels.get(value, value))
    if fact.kind == "date":
        return day(datetime.date.fromisoformat(value))
    if fact.kind in ("integer", "decimal"):
        return f"{_number(value)} {fact.unit}".strip()
    if fact.kind == "list":
        return ", ".join(str(fact.value_labels.get(code, code)) for code in value) or "none"
    if fact.kind == "records":
        return "; ".join(_record(fact, record) for record in value) or "none"
    return str(value)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _record(fact: Any, record: dict[str, Any]) -> str:
    named = [field for field in fact.fields if field.name in record]
    return ", ".join(value_words(field, record[field.name]) for field in named)
