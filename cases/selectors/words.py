"""Facts and their values in the words of the data dictionary."""

from collections.abc import Mapping
from typing import Any

from cases.models.fact_answer import UNKNOWN
from guidance.editions.models import WhoVersion
from guidance.engine.dictionary import FactDefinition
from guidance.engine.values import value_words

#: A grade that a person gave; the guidance reads it by the institution's WHO edition.
PATHOLOGIST_GRADE = "pathologist_grade"


def grade_words(grade: str | None, who_version: str | None) -> str:
    """A grade with the WHO edition it is given by: G2 (WHO 2022)."""
    if grade is None:
        return UNKNOWN
    return f"{grade} ({WhoVersion(who_version).label})" if who_version else grade


def other_side(origin: Mapping[str, Any] | None, fact: FactDefinition) -> str:
    """The other side where record and direct answer disagree, as a sentence; else empty."""
    said = origin or {}
    if "answer" in said:
        return f"Answered otherwise: {value_words(fact, said['answer']['value'])}"
    if "record" in said:
        return f"The record says otherwise: {value_words(fact, said['record']['value'])}"
    return ""


def fact_words(fact: FactDefinition, facts: Mapping[str, Any]) -> str:
    """The value of one of `facts` for a reader; the pathologist's grade names its edition too."""
    value = facts.get(fact.name, UNKNOWN)
    if fact.name == PATHOLOGIST_GRADE and value != UNKNOWN:
        version = facts.get("who_version", UNKNOWN)
        return grade_words(value, None if version == UNKNOWN else version)
    return value_words(fact, value)
