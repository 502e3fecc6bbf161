"""What follows a result, as actions of a plan: branches, alternatives, intervals, the board."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.arising import may_hold
from guidance.engine.branches import Action, Branch
from guidance.engine.intervals import Application, IntervalRow, IntervalRule, bounds
from guidance.fhir.activities import KIND
from guidance.fhir.artifacts import citations
from guidance.fhir.expressions import applicable
from guidance.fhir.publication import Publication

UNITS = "http://unitsofmeasure.org"
UNBOUNDED = float("inf")


def branches_of(scenario: str, publication: Publication) -> list[Mapping[str, Any]]:
    """Return the raw branches of a scenario, in the order of the content."""
    branches = publication.edition.content["branches"]["branches"]
    return [branch for branch in branches if scenario in branch["scenarios"]]


def pathway(scenario: str, publication: Publication) -> dict[str, Any] | None:
    """Return the group of all branches of a scenario, of which one follows; None where none is."""
    branches = branches_of(scenario, publication)
    if not branches:
        return None
    return {
        "id": f"{scenario}.results",
        "title": "After the result",
        "groupingBehavior": "logical-group",
        "selectionBehavior": "at-most-one",
        "action": [_branch(scenario, raw, publication) for raw in branches],
    }


def _branch(scenario: str, raw: Mapping[str, Any], publication: Publication) -> dict[str, Any]:
    edition = publication.edition
    branch = edition.branches.branches[raw["id"]]
    action: dict[str, Any] = {
        "id": f"{scenario}.{branch.id}",
        "title": branch.trigger,
        "code": [publication.concept("branch", branch.id, branch.trigger)],
        "documentation": citations(branch.source, edition),
        "condition": [applicable(when, edition) for when in _conditions(raw, publication)],
        "groupingBehavior": "logical-group",
        "action": [*_steps(scenario, branch, publication), *_intervals(scenario, raw, publication)],
    }
    reasons = [rule for rule in edition.board.escalations if rule.code == branch.escalation]
    if reasons:
        action["reason"] = [
            {
                "coding": [publication.coding("board-reason", rule.code, rule.text)],
                "text": f"{rule.text} Tumor board: {rule.level} ({rule.strength}).",
            }
            for rule in reasons
        ]
    if branch.invitees:
        action["participant"] = [
            {"type": "practitioner", "role": {"text": invitee}} for invitee in branch.invitees
        ]
    return action


def _conditions(raw: Mapping[str, Any], publication: Publication) -> Iterator[Any]:
    """Yield what leads into a branch: its results, and the hold for a second reading (A-21)."""
    content = publication.edition.content
    hold = content["branches"]["hold"]
    if raw["outcomes"]:
        yield f"study_outcome in {{{', '.join(raw['outcomes'])}}}"
    if raw["id"] not in (hold["from"], hold["to"]):
        return
    held = next(entry for entry in content["branches"]["branches"] if entry["id"] == hold["from"])
    checks = {
        entry["code"]: entry["when"] for entry in content["checks"]["checks"] if "when" in entry
    }
    condition = {
        "all": [
            f"study_outcome in {{{', '.join(held['outcomes'])}}}",
            {"any": [checks[code] for code in hold["checks"]]},
            *(f"{name} = F" for name in hold["requires_false"]),
        ]
    }
    yield condition if raw["id"] == hold["to"] else {"unless": condition}


def _steps(scenario: str, branch: Branch, publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield the actions in order; those of one group are alternatives to each other (X-06)."""
    grouped: dict[str, list[Action]] = {}
    for place, action in enumerate(branch.actions):
        grouped.setdefault(action.group or str(place), []).append(action)
    for name, actions in grouped.items():
        steps = [_step(scenario, branch, action, publication) for action in actions]
        if len(steps) == 1:
            yield steps[0]
            continue
        are_options = all(action.kind == "option" for action in actions)
        yield {
            "id": f"{scenario}.{branch.id}.{name}",
            "title": "Options for the board to weigh" if are_options else "Either of these",
            "groupingBehavior": "logical-group",
            "selectionBehavior": "any" if are_options else "exactly-one",
            "action": steps,
        }


def _step(
    scenario: str, branch: Branch, action: Action, publication: Publication
) -> dict[str, Any]:
    edition = publication.edition
    raw = next(
        entry
        for parent in edition.content["branches"]["branches"]
        if parent["id"] == branch.id
        for entry in parent["actions"]
        if entry["code"] == action.code
    )
    step: dict[str, Any] = {
        "id": f"{scenario}.{branch.id}.{action.code}",
        "title": action.text,
        "code": [publication.concept("action", action.code, action.text)],
        "documentation": citations(action.source, edition),
        "definitionCanonical": publication.canonical(KIND, action.code),
    }
    if action.kind == "option":
        step["requiredBehavior"] = "could"
    if "when" in raw:
        step["condition"] = [applicable(raw["when"], edition)]
    elif "unless" in raw:
        step["condition"] = [applicable({"unless": raw["unless"]}, edition)]
    return step


def _intervals(
    scenario: str, raw: Mapping[str, Any], publication: Publication
) -> Iterator[dict[str, Any]]:
    """Yield when to look again; policies of several sources stand side by side, one is chosen."""
    reading = (
        {"@scenario": scenario, "study_outcome": raw["outcomes"][0]} if raw["outcomes"] else {}
    )
    rules = [
        (rule, application)
        for rule in publication.edition.intervals.rules.values()
        for application in rule.applications
        if reading and application.scenario == scenario and may_hold(reading, application.condition)
    ]
    prefix = f"{scenario}.{raw['id']}"
    for imaging in dict.fromkeys(rule.imaging for rule, _ in rules):
        timed = [
            _rule(prefix, rule, application, reading, publication)
            for rule, application in rules
            if rule.imaging == imaging
        ]
        if len(timed) == 1:
            yield timed[0]
            continue
        yield {
            "id": f"{prefix}.intervals",
            "title": "When to look again: one policy is chosen, none is averaged",
            "groupingBehavior": "logical-group",
            "selectionBehavior": "exactly-one",
            "action": timed,
        }


def _rule(
    prefix: str,
    rule: IntervalRule,
    application: Application,
    reading: Mapping[str, Any],
    publication: Publication,
) -> dict[str, Any]:
    edition = publication.edition
    action: dict[str, Any] = {
        "id": f"{prefix}.{rule.id}",
        "title": rule.text,
        "code": [publication.concept("interval", rule.id, rule.text)],
        "documentation": citations(rule.source, edition),
        "groupingBehavior": "logical-group",
        "selectionBehavior": "at-most-one",
        "action": [
            _row(f"{prefix}.{rule.id}.{place}", row, publication)
            for place, row in enumerate(rule.rows, start=1)
            if may_hold(reading, row.condition)
        ],
    }
    if application.condition is not None:
        action["condition"] = [applicable(application.condition.raw, edition)]
    if rule.optional:
        action["requiredBehavior"] = "could"
    return action


def _row(identity: str, row: IntervalRow, publication: Publication) -> dict[str, Any]:
    """Return one window, in months after the last study; without a number where there is none."""
    action: dict[str, Any] = {"id": identity, "title": f"Next imaging: {row.words}"}
    if row.condition is not None:
        action["condition"] = [applicable(row.condition.raw, publication.edition)]
    window = bounds(row.window)
    if window is not None:
        low, high = window
        action["timingRange"] = {"low": _months(low)}
        if high != UNBOUNDED:
            action["timingRange"]["high"] = _months(high)
    return action


def _months(value: float) -> dict[str, Any]:
    return {"value": int(value), "unit": "months", "system": UNITS, "code": "mo"}
