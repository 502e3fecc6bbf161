"""Branches: what follows a result in a scenario (specification section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.checks import Check
from guidance.engine.logic import Condition, parse_condition


@dataclass(frozen=True, slots=True)
class Action:
    """A coded thing to do (ACT-) or to put before the board (OPT-).

    Actions of one branch that share a `group` are alternatives to each other (X-06).
    """

    code: str
    text: str
    group: str | None
    condition: Condition | None
    source: str

    @property
    def kind(self) -> str:
        """Return `option` for what the board decides on, else `action`."""
        return "option" if self.code.startswith("OPT-") else "action"


@dataclass(frozen=True, slots=True)
class Branch:
    """The pathway after one result; `escalation` is the board reason it carries, if any."""

    id: str
    trigger: str
    actions: tuple[Action, ...]
    intervals: tuple[str, ...]
    invitees: tuple[str, ...]
    escalation: str | None
    ask: tuple[str, ...]
    source: str

    def shown_actions(self, reading: Mapping[str, Any]) -> tuple[Action, ...]:
        """Return the actions whose condition is true, in order."""
        return tuple(
            action
            for action in self.actions
            if action.condition is None or action.condition.test(reading) is True
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """When reported progression waits for a second reading instead of its branch (A-21, A-43)."""

    checks: tuple[str, ...]
    held: str
    review: str
    requires_false: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BranchTable:
    """All branches of an edition, by id and by scenario and result.

    `without` says of the other results of a full scenario that its source goes no further.
    """

    branches: Mapping[str, Branch]
    by_result: Mapping[tuple[str, str], Branch]
    without: Mapping[tuple[str, str], Mapping[str, str]]
    hold: Hold


def load_branches(raw: Mapping[str, Any], actions: Mapping[str, Any]) -> BranchTable:
    """Return the branches of the content of `branches.yaml` and `actions.yaml`."""
    texts = {action["code"]: action for action in actions["actions"]}
    branches = {entry["id"]: _branch(entry, texts) for entry in raw["branches"]}
    hold = raw["hold"]
    return BranchTable(
        branches=branches,
        by_result={
            (scenario, outcome): branches[entry["id"]]
            for entry in raw["branches"]
            for scenario in entry["scenarios"]
            for outcome in entry["outcomes"]
        },
        without={
            (entry["scenario"], outcome): {"text": entry["text"], "source": entry["source"]}
            for entry in raw.get("without_branch", ())
            for outcome in entry["outcomes"]
        },
        hold=Hold(
            checks=tuple(hold["checks"]),
            held=hold["from"],
            review=hold["to"],
            requires_false=tuple(hold["requires_false"]),
        ),
    )


def _action(raw: Mapping[str, Any], texts: Mapping[str, Any], branch_source: str) -> Action:
    condition = None
    if "when" in raw:
        condition = parse_condition(raw["when"])
    elif "unless" in raw:
        condition = parse_condition({"unless": raw["unless"]})
    text = texts[raw["code"]]
    source = _within(text["source"], branch_source)
    return Action(raw["code"], text["text"], raw.get("group"), condition, source)


def _within(source: str, branch_source: str) -> str:
    """Return of an action's source what the files of its branch say.

    One action may be named by several files; a branch speaks with the words of its own.
    """
    files = {part[:3] for part in branch_source.split("; ")}
    own = [part for part in source.split("; ") if part[:3] in files or not part[:3].isdigit()]
    return "; ".join(own) if any(part[:3].isdigit() for part in own) else source


def _branch(raw: Mapping[str, Any], texts: Mapping[str, Any]) -> Branch:
    return Branch(
        id=raw["id"],
        trigger=raw["trigger"],
        actions=tuple(_action(action, texts, raw["source"]) for action in raw["actions"]),
        intervals=tuple(raw["intervals"]),
        invitees=tuple(raw["invitees"]),
        escalation=raw.get("escalation"),
        ask=tuple(raw["ask"]),
        source=raw["source"],
    )


def select_branch(
    reading: Mapping[str, Any], scenario: str, table: BranchTable, checks: tuple[Check, ...]
) -> tuple[Branch | None, tuple[str, ...]]:
    """Return the branch of the entered result, and the facts that would settle a hold.

    Progression under a targeted drug that bleeding or falling density may mimic is held
    for a second reading, but only where new lesions and new enhancement are known to be
    absent; while one of them is unknown progression stands (A-43) [000 L61; 003 L711-L721].
    """
    branch = table.by_result.get((scenario, reading.get("study_outcome", "")))
    hold = table.hold
    if branch is None or branch.id != hold.held:
        return branch, ()
    if not any(check.code in hold.checks and check.is_raised(reading) for check in checks):
        return branch, ()
    values = [reading.get(name) for name in hold.requires_false]
    if True in values:
        return branch, ()
    unknown = tuple(name for name in hold.requires_false if reading.get(name) is None)
    return (branch, unknown) if unknown else (table.branches[hold.review], ())
