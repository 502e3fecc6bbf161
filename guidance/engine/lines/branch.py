"""Why this follows the result: the branch, its actions shown and withheld, its intervals."""

from collections.abc import Iterator
from typing import Any

from guidance.engine.branches import Action, Branch
from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.logic import Condition, parse_condition

SHOWN, WITHHELD = "shown", "withheld"
NO_RESULT = "No result is entered, so nothing follows from one."
NO_BRANCH = "The sources say of no result what follows it here."
ALWAYS = "part of what follows this result in every case"
CHOSEN, NOT_CHOSEN = "holds", "does not hold"


def branch_lines(told: Told) -> Iterator[Line]:
    """Yield the line of the branch, then those of its actions and of its intervals."""
    branch = told.edition.branches.branches.get(told.answer["branch"] or "")
    if branch is None:
        if told.route.scenario in told.edition.catalogue.scenarios:
            yield _no_branch(told)
        return
    yield line_of(
        told,
        "branch",
        kind="branch",
        title="After the result",
        statement=branch.trigger,
        state=branch.id,
        grounds=list(_grounds(told, branch)),
        source=branch.source,
        withheld=[
            {"anchor": f"action-{action.code}", "text": action.text}
            for action in branch.actions
            if action.code not in told.answer["actions"]
        ],
    )
    for action in branch.actions:
        yield _action(told, action)
    for interval in told.answer["branch_detail"]["interval"]:
        yield _interval(told, interval)


def _no_branch(told: Told) -> Line:
    scenarios = {scenario for scenario, _ in told.edition.branches.by_result}
    no_path = told.answer["no_path"]
    statement = NO_RESULT if told.route.scenario in scenarios else NO_BRANCH
    if no_path:
        statement = no_path["text"]
    return line_of(
        told,
        "branch",
        kind="branch",
        title="After the result",
        statement=statement,
        state="no branch",
        facts=("study_outcome",),
        source=no_path["source"] if no_path else "",
    )


def _grounds(told: Told, branch: Branch) -> Iterator[Ground]:
    """Yield what leads to a branch; for the one that holds progression back, what does that.

    Where progression could be held back and is not, that is told as well (A-21, A-43).
    """
    table = told.edition.branches
    hold = table.hold
    entered = table.branches[hold.held] if branch.id == hold.review else branch
    yield Ground("Follows where", _entry(told, entered))
    if entered.id != hold.held:
        return
    status = told.answer["scenario_status"]
    for check in told.edition.checks[status]:
        is_holding = check.code in hold.checks and check.is_raised(told.reading)
        if is_holding and check.condition is not None:
            yield Ground("May only seem to be progression", check.condition, check.source)
            known = parse_condition({"all": [f"{name} = F" for name in hold.requires_false]})
            yield Ground("Held back for a second reading where", known, branch.source)


def _entry(told: Told, branch: Branch) -> Condition:
    found = [key for key, each in told.edition.branches.by_result.items() if each is branch]
    scenarios = ", ".join(dict.fromkeys(scenario for scenario, _ in found))
    outcomes = ", ".join(dict.fromkeys(outcome for _, outcome in found))
    return parse_condition(
        {"all": [f"@scenario in {{{scenarios}}}", f"study_outcome in {{{outcomes}}}"]}
    )


def _action(told: Told, action: Action) -> Line:
    is_shown = action.code in told.answer["actions"]
    always = "" if action.condition else f", {ALWAYS}"
    return line_of(
        told,
        f"action-{action.code}",
        kind="action",
        title="Option for the board" if action.kind == "option" else "Action",
        statement=action.text,
        state=f"{SHOWN}{always}" if is_shown else WITHHELD,
        grounds=[Ground("Shown where", action.condition)] if action.condition else [],
        source=action.source,
    )


def _interval(told: Told, interval: dict[str, Any]) -> Line:
    rule = told.edition.intervals.rules[interval["rule"]]
    grounds = [Ground(row.words, row.condition) for row in rule.rows if row.condition is not None]
    return line_of(
        told,
        f"interval-{rule.id}",
        kind="interval",
        title=rule.text,
        statement=interval["words"],
        state=rule.id,
        grounds=grounds,
        source=interval["source"],
        reasons=[told.answer["acceptance"]["text"]] if interval["awaits_acceptance"] else [],
    )
