"""In which ways another edition answers a case differently, the weightiest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: What of an answer is compared: what it recommends, not how it says so.
COMPARED = (
    *("scenario", "provisional", "candidates", "top", "alternatives", "removed", "warnings"),
    *("branch", "actions", "next_interval", "board", "missing", "confirm_before_order", "grade"),
)
#: Where an answer keeps the checks with their severity.
CHECKS = "checks"
CRITICAL = "CRITICAL"
LEVELS = ("no", "consider", "yes")

Summary = Mapping[str, Any]


def summary(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a trial keeps of an answer: the compared keys, and `severities` by check."""
    return {
        **{key: answer[key] for key in COMPARED},
        "severities": {check["code"]: check["severity"] for check in answer[CHECKS]},
    }


def changes_of(before: Summary, after: Summary) -> list[str]:
    """The kinds of change between two summaries, the weightiest first; none where they agree."""
    return [kind for kind, holds in KINDS.items() if holds(before, after)]


def weight_of(kinds: Sequence[str]) -> int:
    """What orders cases: one heavier kind outweighs all lighter ones together."""
    order = list(KINDS)
    return sum(2 ** (len(order) - 1 - order.index(kind)) for kind in kinds)


def _level(answer: Summary) -> int:
    return LEVELS.index(answer["board"]["level"])


def _critical(answer: Summary) -> set[str]:
    return {code for code, severity in answer["severities"].items() if severity == CRITICAL}


def _differs(*keys: str) -> Callable[[Summary, Summary], bool]:
    return lambda before, after: any(before[key] != after[key] for key in keys)


#: Every kind and when it holds, the weightiest first. Together they cover all that is compared.
KINDS: Mapping[str, Callable[[Summary, Summary], bool]] = {
    "board_up": lambda before, after: _level(after) > _level(before),
    "top": _differs("top"),
    "critical_added": lambda before, after: bool(_critical(after) - _critical(before)),
    "scenario": _differs("scenario"),
    "board_down": lambda before, after: _level(after) < _level(before),
    "critical_lifted": lambda before, after: bool(_critical(before) - _critical(after)),
    "branch": _differs("branch"),
    "actions": _differs("actions"),
    "interval": _differs("next_interval"),
    "checks": _differs("warnings", "severities"),
    "studies": _differs("alternatives", "removed"),
    "grade": _differs("grade"),
    "reasons": lambda before, after: before["board"]["reasons"] != after["board"]["reasons"],
    "questions": _differs("missing", "confirm_before_order", "candidates", "provisional"),
}
