"""Contradictions C-01 to C-09: facts that cannot both be true (specification 1.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One hard contradiction; `facts` are those that a person has to correct."""

    id: str
    text: str
    condition: Condition
    facts: tuple[str, ...]
    source: str


def load_contradictions(raw: Mapping[str, Any]) -> tuple[Contradiction, ...]:
    """Return the contradictions of the content of `contradictions.yaml`."""
    found = []
    for entry in raw["contradictions"]:
        condition = parse_condition(entry["when"])
        facts = condition.facts + tuple(entry.get("also", ()))
        found.append(Contradiction(entry["id"], entry["text"], condition, facts, entry["source"]))
    return tuple(found)


def find_contradictions(
    values: Mapping[str, Any], contradictions: Sequence[Contradiction]
) -> tuple[Contradiction, ...]:
    """Return the contradictions that the values hold, in order of their ids (GATE-C)."""
    return tuple(entry for entry in contradictions if entry.condition.test(values) is True)


def has_impossible_dates(values: Mapping[str, Any]) -> bool:
    """Return whether C-09 holds: a date after the assessment, or an end before its start.

    What lies after the assessment can be told only when `evaluated_on` is known.
    """
    treatments = values.get("treatments", ())
    for treatment in treatments:
        start, end = treatment.get("start"), treatment.get("end")
        if start is not None and end is not None and end < start:
            return True
    evaluated_on = values.get("evaluated_on")
    if evaluated_on is None:
        return False
    dates = [values.get(name) for name in ("diagnosis_date", "resection_date", "last_imaging_date")]
    dates += [study.get("date") for study in values.get("studies", ())]
    dates += [treatment.get("start") for treatment in treatments]
    return any(date is not None and date > evaluated_on for date in dates)
