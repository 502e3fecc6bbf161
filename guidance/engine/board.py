"""Whether a case belongs before the board, and why (specification 5.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Escalation:
    """A reason E-nn to bring a case to the board; `strength` is how firmly the source says so."""

    code: str
    level: str
    condition: Condition
    strength: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class BoardRules:
    """All escalations of an edition; in `silent` statuses data are wanted first, not a board."""

    escalations: tuple[Escalation, ...]
    silent: frozenset[str]


def load_board_rules(raw: Mapping[str, Any]) -> BoardRules:
    """Return the rules of the content of `escalations.yaml`."""
    escalations = tuple(
        Escalation(
            code=entry["code"],
            level=entry["level"],
            condition=parse_condition(entry["when"]),
            strength=entry["strength"],
            text=entry["text"],
            source=entry["source"],
        )
        for entry in raw["escalations"]
    )
    return BoardRules(escalations, frozenset(raw["silent_statuses"]))


def find_escalations(reading: Mapping[str, Any], rules: BoardRules) -> list[Escalation]:
    """Return the reasons that hold for a case, in order of their codes."""
    if reading["@status"] in rules.silent:
        return []
    return [entry for entry in rules.escalations if entry.condition.test(reading) is True]


def board_level(escalations: Sequence[Escalation]) -> str:
    """Return yes if any reason says so, else consider if any does, else no."""
    levels = {entry.level for entry in escalations}
    return "yes" if "yes" in levels else "consider" if levels else "no"
