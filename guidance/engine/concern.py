"""What an entry of a register concerns, and beside which cases it is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, parse_condition

#: No recommendation is made there, so there is none that a condition could be about.
WITHOUT_RECOMMENDATION = frozenset({"CONFLICT", "NOT_COVERED"})


@dataclass(frozen=True, slots=True)
class Concern:
    """Codes under which the library shows an entry, and the cases beside which a page does."""

    codes: tuple[str, ...]
    condition: Condition | None

    def is_met(self, reading: Mapping[str, Any], codes: Collection[str]) -> bool:
        """Return whether an entry belongs beside a case whose answer shows `codes`.

        With a condition: where it is true of the reading, findings included. Without: where
        the answer shows a code that the entry concerns.
        """
        if self.condition is None:
            return any(code in codes for code in self.codes)
        if reading.get("@status") in WITHOUT_RECOMMENDATION:
            return False
        return self.condition.test(reading) is True


def load_concern(raw: Mapping[str, Any]) -> Concern:
    """Return what the raw entry of a register concerns."""
    condition = parse_condition(raw["when"]) if "when" in raw else None
    return Concern(tuple(raw["concerns"]), condition)


def shown_codes(answer: Mapping[str, Any]) -> frozenset[str]:
    """Return every code that an answer of `assess` shows.

    Scenario, studies, rules that took one away, checks, branch, actions, intervals, reasons
    for the board.
    """
    single = (answer["scenario"], answer["top"], answer["branch"])
    return frozenset(
        {
            *(code for code in single if code is not None),
            *(procedure for procedure, _ in answer["alternatives"]),
            *(code for removed in answer["removed"] for code in removed),
            *answer["warnings"],
            *answer["actions"],
            *(answer["next_interval"] or ()),
            *answer["board"]["reasons"],
        }
    )
