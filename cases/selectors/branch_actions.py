"""What the actions that follow a result ask for, and by which code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models.conclusion import RecommendationKind
from guidance.editions.branch_actions import Reading, branch_actions

OR = " or "


@dataclass(frozen=True)
class Part:
    """One thing that an action asks for: a code of the edition with words beside it, or words."""

    code: str
    text: str


def reading_of(code: str) -> Reading:
    """How the action `code` is read; one that is not known here is of the kind `other`."""
    return branch_actions().actions.get(code, Reading())


def intent_of_study(scenario: str) -> str:
    """What the recommended study of `scenario` is for; empty where that is open."""
    return branch_actions().studies.get(scenario, "")


def parts_of(action: Mapping[str, Any], codes: Mapping[str, Mapping[str, str]]) -> list[Part]:
    """What an action asks for, each part an alternative to the first.

    A code is given only where the edition names it: a treatment option is its own code, a study
    is coded where its name stands in the words of the action.

    Args:
        action: as the answer of an assessment shows it.
        codes: `cases.selectors.recommended.codes_in` of the assessment's edition.
    """
    code, text = str(action["code"]), str(action["text"])
    kind = reading_of(code).kind
    if code in codes.get(kind, {}):
        return [Part(code, "")]
    if kind != RecommendationKind.IMAGING:
        return [Part("", text)]
    for study, name in codes[RecommendationKind.IMAGING].items():
        first, either, _ = text.partition(f"{OR}{name}")
        if either:
            return [Part("", first), Part(study, "")]
        if text.startswith(name):
            return [Part(study, "")]
    return [Part("", text)]
