"""What the substitution rules say without taking a study away (specification section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guidance.engine.logic import Condition, parse_condition

if TYPE_CHECKING:
    from guidance.engine.edition import Edition


@dataclass(frozen=True, slots=True)
class SubstitutionNote:
    """One statement beside the studies of some scenarios; it never changes their order."""

    id: str
    scenarios: frozenset[str]
    condition: Condition
    severity: str
    text: str
    source: str


def load_notes(raw: Mapping[str, Any]) -> tuple[SubstitutionNote, ...]:
    """Return the statements of the content of `substitutions.yaml`."""
    return tuple(
        SubstitutionNote(
            id=entry["id"],
            scenarios=frozenset(entry["scenarios"]),
            condition=parse_condition(entry["when"]),
            severity=entry["severity"],
            text=entry["text"],
            source=entry["source"],
        )
        for entry in raw.get("statements", ())
    )


def substitution_notes(
    reading: Mapping[str, Any], scenario: str, edition: "Edition"
) -> list[dict[str, Any]]:
    """Return what SUB-02, SUB-05, SUB-08 and SUB-09 say of a case in its scenario.

    `reading` holds facts with the findings of `assess_reading`. JSON-able entries.
    """
    return [
        {"id": note.id, "severity": note.severity, "text": note.text, "source": note.source}
        for note in edition.substitution_notes
        if scenario in note.scenarios and note.condition.test(reading) is True
    ]
