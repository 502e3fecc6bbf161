"""Facts and their values in the words of the data dictionary."""

import datetime
from collections.abc import Mapping
from typing import Any

from cases.models.fact_answer import UNKNOWN
from guidance.editions.models import WhoVersion
from guidance.engine.dictionary import FactDefinition, FieldDefinition
from tumorboard.formats import day

#: A grade that a person gave; the guidance reads it by the institution's WHO edition.
PATHOLOGIST_GRADE = "pathologist_grade"


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


def grade_words(grade: str | None, who_version: str | None) -> str:
    """A grade with the WHO edition it is given by: G2 (WHO 2022)."""
    if grade is None:
        return UNKNOWN
    return f"{grade} ({WhoVersion(who_version).label})" if who_version else grade


def fact_words(fact: FactDefinition, facts: Mapping[str, Any]) -> str:
    """The value of one of `facts` for a reader; the pathologist's grade names its edition too."""
    value = facts.get(fact.name, UNKNOWN)
    if fact.name == PATHOLOGIST_GRADE and value != UNKNOWN:
        version = facts.get("who_version", UNKNOWN)
        return grade_words(value, None if version == UNKNOWN else version)
    return value_words(fact, value)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _record(fact: Any, record: dict[str, Any]) -> str:
    named = [field for field in fact.fields if field.name in record]
    return ", ".join(value_words(field, record[field.name]) for field in named)
