"""What follows a result, as the library shows it: step by step, with intervals and the board."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guidance.engine.branches import Branch
from guidance.engine.edition import Edition
from guidance.engine.wording import Wording, wording

Raw = Mapping[str, Any]


def branches_of(scenario: str, edition: Edition) -> list[dict[str, Any]]:
    """The branches of a scenario, in the order of the content."""
    return [branch for branch in all_branches(edition) if scenario in branch["scenarios"]]


def all_branches(edition: Edition) -> list[dict[str, Any]]:
    """Every branch with its trigger, results, steps, intervals and reason for the board."""
    content = edition.content["branches"]
    return [_branch(raw, content["hold"], edition) for raw in content["branches"]]


def without_branch(edition: Edition) -> list[dict[str, Any]]:
    """The results after which the article of a rated scenario goes no further."""
    outcomes = edition.dictionary["study_outcome"].value_labels
    return [
        {
            **raw,
            "name": edition.catalogue.scenarios[raw["scenario"]].name,
            "outcomes": [outcomes[code] for code in raw["outcomes"]],
        }
        for raw in edition.content["branches"].get("without_branch", ())
    ]


def _branch(raw: Raw, hold: Raw, edition: Edition) -> dict[str, Any]:
    branch = edition.branches.branches[raw["id"]]
    outcomes = edition.dictionary["study_outcome"].value_labels
    return {
        **raw,
        "outcomes": [outcomes.get(outcome, outcome) for outcome in raw["outcomes"]],
        "names": [edition.catalogue.scenarios[code].name for code in raw["scenarios"]],
        "steps": steps(_actions(raw, branch, edition)),
        "rules": [edition.intervals.rules[rule] for rule in branch.intervals],
        "board": next(
            (rule for rule in edition.board.escalations if rule.code == branch.escalation), None
        ),
        "asked": [edition.dictionary[name] for name in branch.ask],
        "hold": _hold(hold, edition) if raw["id"] in (hold["from"], hold["to"]) else None,
    }


def _hold(hold: Raw, edition: Edition) -> dict[str, Any]:
    """When progression waits for a second reading instead of its own branch (A-21, A-43)."""
    return {**hold, "absent": [edition.dictionary[name].label for name in hold["requires_false"]]}


def _actions(raw: Raw, branch: Branch, edition: Edition) -> Iterator[dict[str, Any]]:
    for action, entry in zip(branch.actions, raw["actions"], strict=True):
        yield {
            "code": action.code,
            "text": action.text,
            "group": action.group,
            "kind": action.kind,
            "source": action.source,
            "words": _shown_when(entry, edition),
        }


def steps(actions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Actions as steps in order; those of one group are alternatives to each other (X-06)."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for place, action in enumerate(actions):
        grouped.setdefault(action["group"] or str(place), []).append(action)
    return [
        {
            "actions": found,
            "is_choice": all(action["kind"] == "option" for action in found),
            "is_several": len(found) > 1,
        }
        for found in grouped.values()
    ]


def _shown_when(entry: Raw, edition: Edition) -> Wording | None:
    if "when" in entry:
        return wording(entry["when"], edition)
    return wording({"unless": entry["unless"]}, edition) if "unless" in entry else None
