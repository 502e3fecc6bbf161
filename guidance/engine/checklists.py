"""Reading checklists: what to look for on a study (X-04, X-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Checklist:
    """Items that a reader goes through where the condition is true."""

    id: str
    condition: Condition
    text: str
    items: tuple[str, ...]
    source: str


def load_checklists(raw: Mapping[str, Any]) -> tuple[Checklist, ...]:
    """Return the checklists of the content of `checklists.yaml`."""
    return tuple(
        Checklist(
            id=entry["id"],
            condition=parse_condition(entry["when"]),
            text=entry["text"],
            items=tuple(entry["items"]),
            source=entry["source"],
        )
        for entry in raw["checklists"]
    )


def explain_checklists(
    reading: Mapping[str, Any], checklists: Sequence[Checklist]
) -> list[dict[str, Any]]:
    """Return the checklists that apply to a case."""
    return [
        {"id": entry.id, "text": entry.text, "items": list(entry.items), "source": entry.source}
        for entry in checklists
        if entry.condition.test(reading) is True
    ]
