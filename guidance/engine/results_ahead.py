"""What follows each result of a scenario, for a case whose result is still open or another."""

from collections.abc import Iterator, Sequence
from typing import Any

from guidance.engine import explain
from guidance.engine.assess import shown_intervals
from guidance.engine.branches import Action, Branch
from guidance.engine.edition import Edition
from guidance.engine.facts import Facts
from guidance.engine.intervals import Interval, compute_interval
from guidance.engine.reading import Reading, read_case

OUTCOME = "study_outcome"


def list_results(facts: Facts, scenario: str, edition: Edition) -> list[dict[str, Any]]:
    """Return every branch of a scenario in the order of the content, as JSON-able values.

    Each has its `outcomes` and the `branch` as `explain_branch` gives it, from what is known of
    the case without the result that it has now: that one would color all others. `open` names
    the actions whose condition is still unknown; those whose condition is false are left out.
    """
    reading = _before_the_result(facts, scenario, edition)
    outcomes: dict[str, list[str]] = {}
    for (of, outcome), branch in edition.branches.by_result.items():
        if of == scenario:
            outcomes.setdefault(branch.id, []).append(outcome)
    return [
        {
            "outcomes": outcomes[branch.id],
            "branch": explain.explain_branch(
                branch,
                tuple(_possible(branch, reading)),
                _intervals(branch, reading, edition),
                edition,
            ),
            "open": [action.code for action in branch.actions if _truth(action, reading) is None],
        }
        for branch in edition.branches.branches.values()
        if branch.id in outcomes
    ]


def list_results_without_branch(scenario: str, edition: Edition) -> list[dict[str, Any]]:
    """Return the results after which the source of a scenario goes no further, by what it says."""
    found: dict[str, dict[str, Any]] = {}
    for (of, outcome), said in edition.branches.without.items():
        if of == scenario:
            entry = found.setdefault(said["text"], {"outcomes": [], **said})
            entry["outcomes"].append(outcome)
    return list(found.values())


def _before_the_result(facts: Facts, scenario: str, edition: Edition) -> Reading:
    """The reading without anything that a result said."""
    group = edition.dictionary[OUTCOME].group
    kept = {
        name: value
        for name, value in facts.values.items()
        if edition.dictionary[name].group != group
    }
    reading, _ = read_case(Facts(kept))
    reading["@scenario"] = scenario
    return reading


def _truth(action: Action, reading: Reading) -> bool | None:
    return True if action.condition is None else action.condition.test(reading)


def _possible(branch: Branch, reading: Reading) -> Iterator[Action]:
    return (action for action in branch.actions if _truth(action, reading) is not False)


def _intervals(branch: Branch, reading: Reading, edition: Edition) -> Sequence[Interval]:
    computed = [compute_interval(reading, rule, edition.intervals) for rule in branch.intervals]
    return shown_intervals(reading, branch, computed, edition)
