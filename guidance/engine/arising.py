"""What can arise in a scenario, before any case: rules that its name alone does not rule out.

A condition is tested with nothing known but the scenario; false means that it can never hold
there, unknown that it may. So the library and exports need no second list of which check
belongs to which scenario.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.engine.checklists import Checklist
from guidance.engine.checks import Check
from guidance.engine.edition import Edition
from guidance.engine.logic import Condition
from guidance.engine.scenario import Scenario

#: What the engine finds in a scenario without rated studies, and in one without branches.
NO_STUDIES: Mapping[str, Any] = {
    "@top": "none",
    "@feasible": (),
    "@combined_contraindication": False,
    "@mri_removed": False,
}
NO_BRANCHES: Mapping[str, Any] = {"@branch": "none", "@actions": (), "@intervals_disagree": False}


@dataclass(frozen=True, slots=True)
class Arising:
    """One check in one scenario: the severities and the words that it may come with there.

    The first text is the one that holds unless a further condition does.
    """

    check: Check
    severities: tuple[str, ...]
    texts: tuple[str, ...]


def reading_of(scenario: Scenario, edition: Edition) -> dict[str, Any]:
    """Return what is known of every case of a scenario."""
    reading: dict[str, Any] = {"@scenario": scenario.id, "@status": scenario.status}
    if scenario.id not in edition.ratings.by_scenario:
        reading.update(NO_STUDIES)
    if not any(name == scenario.id for name, _ in edition.branches.by_result):
        reading.update(NO_BRANCHES)
    return reading


def checks_in(scenario: Scenario, edition: Edition) -> tuple[Arising, ...]:
    """Return the checks that can arise in a scenario, in order of display."""
    reading = reading_of(scenario, edition)
    return tuple(
        Arising(
            check,
            _possible(reading, check.severities, check.severity),
            _possible(reading, check.texts, check.text),
        )
        for check in edition.checks[scenario.status]
        if may_hold(reading, check.condition)
    )


def checklists_in(scenario: Scenario, edition: Edition) -> tuple[Checklist, ...]:
    """Return the reading checklists that can apply in a scenario."""
    reading = reading_of(scenario, edition)
    return tuple(entry for entry in edition.checklists if may_hold(reading, entry.condition))


def may_hold(reading: Mapping[str, Any], condition: Condition | None) -> bool:
    """Return whether a condition can be true of a case of which only `reading` is known."""
    return condition is None or condition.test(reading) is not False


def _possible(
    reading: Mapping[str, Any], variants: Sequence[tuple[Condition, str]], default: str
) -> tuple[str, ...]:
    """Return the value that holds with nothing else known, then those that may take its place."""
    perhaps: list[str] = []
    for condition, value in variants:
        truth = condition.test(reading)
        if truth is True:
            return tuple(dict.fromkeys([value, *perhaps]))
        if truth is None:
            perhaps.append(value)
    return tuple(dict.fromkeys([default, *perhaps]))
