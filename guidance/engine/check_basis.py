"""What a raised check rests on, so that an acknowledgment can tell whether it still fits."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guidance.engine.checks import Check
from guidance.engine.edition import Edition
from guidance.engine.facts import UNKNOWN
from guidance.engine.findings import facts_behind

Basis = dict[str, Any]

#: Stands in a basis for where the case belongs.
SCENARIO = "@scenario"

#: Findings that hold in one scenario alone.
OF_SCENARIO = frozenset({SCENARIO, "@status", "@order_rating", "@branch"})
#: Findings about which studies can be made, which rest on the facts of the substitution rules.
OF_RANKING = frozenset(
    {"@top", "@feasible", "@mri_removed", "@combined_contraindication", "@next_modality"}
)
#: Findings about follow-up, which rest on the facts of the interval rules.
OF_INTERVALS = frozenset({"@schedule", "@intervals_disagree"})
ACTIONS = "@actions"

#: Facts that the day alone changes, and the date that stands behind each.
CLOCK: Mapping[str, str] = {
    "months_since_resection": "resection_date",
    "months_since_last_imaging": "last_imaging_date",
}
TODAY = "evaluated_on"


def check_basis(
    code: str, facts: Mapping[str, Any], answer: Mapping[str, Any], edition: Edition
) -> Basis:
    """Return what a raised check read, by name: facts with their values, "unknown" where so.

    Beside facts there is the scenario ("@scenario"). What only the day changes is left out: a
    date stands in for the months since. A finding of which nobody says what it is read from
    rests on all facts.

    Args:
        code: the check's; nothing is found for one that the edition does not have.
        facts: the facts of the assessment as JSON.
        answer: what `assess` answered to them.
        edition: the edition that answered.
    """
    status = answer["scenario_status"]
    checks = [check for check in edition.checks[status] if check.code == code]
    names: set[str] = set()
    for check in checks:
        names.update(_facts_of(check, facts, answer, edition))
    return {name: _value(name, facts, answer) for name in sorted(_without_clock(names, facts))}


def _facts_of(
    check: Check, facts: Mapping[str, Any], answer: Mapping[str, Any], edition: Edition
) -> Iterator[str]:
    conditions = [condition for condition, _ in (*check.severities, *check.texts)]
    if check.condition is None:
        # Raised by where the case stands alone; in a conflict by what contradicts itself.
        yield SCENARIO
        for entry in answer["contradictions"]:
            yield from entry["facts"]
    else:
        conditions.append(check.condition)
    for name in {name for condition in conditions for name in condition.names}:
        yield from _behind(name, facts, answer, edition) if name.startswith("@") else (name,)


def _behind(
    finding: str, facts: Mapping[str, Any], answer: Mapping[str, Any], edition: Edition
) -> Iterable[str]:
    scenario = (SCENARIO,) if finding in OF_SCENARIO else ()
    if finding in OF_RANKING:
        return _of_ranking(answer["scenario"], edition)
    if finding in OF_INTERVALS:
        return _of_intervals(edition)
    if finding == ACTIONS:
        return _of_actions(answer["branch"], edition)
    return (*scenario, *facts_behind(finding)) or (SCENARIO, *facts)


def _of_ranking(scenario: str, edition: Edition) -> Iterator[str]:
    yield from (SCENARIO, "ordered_procedure")
    for rating in edition.ratings.by_scenario.get(scenario, ()):
        for rule in rating.substitutions:
            yield from rule.condition.facts


def _of_intervals(edition: Edition) -> Iterator[str]:
    yield from (SCENARIO, "followup_policy", "months_since_last_imaging", *facts_behind("@grade"))
    for rule in edition.intervals.rules.values():
        for row in rule.rows:
            yield from row.condition.facts if row.condition else ()


def _of_actions(branch: str | None, edition: Edition) -> Iterator[str]:
    yield from (SCENARIO, "study_outcome")
    if branch is not None:
        for action in edition.branches.branches[branch].actions:
            yield from action.condition.facts if action.condition else ()


def _without_clock(names: set[str], facts: Mapping[str, Any]) -> set[str]:
    """The names without the day, and with dates in place of the months since them."""
    return {
        CLOCK[name] if name in CLOCK and CLOCK[name] in facts else name for name in names - {TODAY}
    }


def _value(name: str, facts: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    return answer["scenario"] if name == SCENARIO else facts.get(name, UNKNOWN)
