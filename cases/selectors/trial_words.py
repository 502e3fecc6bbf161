"""What another edition would say of a case, line by line, before and after."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from guidance.editions.words import Words

NONE = "none"
#: What each kind of change is called where cases are counted, see `trial_changes.KINDS`.
LABELS: Mapping[str, str] = {
    "board_up": "To the board, or to be considered for it, where it was not so far",
    "top": "Another first study",
    "critical_added": "A critical check that was not raised so far",
    "scenario": "Another scenario",
    "board_down": "No longer to the board, or only to be considered for it",
    "critical_lifted": "A critical check that is no longer raised",
    "branch": "Another branch after the result",
    "actions": "Other actions after the result",
    "interval": "Another interval",
    "checks": "Other checks, or other severities of checks",
    "studies": "Other alternatives, or other studies ruled out",
    "grade": "Another grade",
    "reasons": "Other reasons for the board",
    "questions": "Other open questions, or another reservation",
}


class Change(NamedTuple):
    """One thing that changes: what it is, what stands so far, what would stand."""

    label: str
    before: str
    after: str


Summary = Mapping[str, Any]
Say = Callable[[Summary, Words], str]


def described(before: Summary, after: Summary, *, old: Words, new: Words) -> list[Change]:
    """Everything that differs between two summaries of a case, in words, the weightiest first.

    Args:
        old: the words of the edition that says what stands.
        new: those of the edition on trial.
    """
    found = (Change(label, say(before, old), say(after, new)) for label, say in LINES.items())
    return [change for change in found if change.before != change.after]


def _plain(key: str) -> Say:
    return lambda answer, words: words.say(key, answer[key])


def _studies(answer: Summary, words: Words) -> str:
    return "; ".join(
        f"{words.say('procedure', code)} ({words.say('rating', rating)})"
        for code, rating in answer["alternatives"]
    )


def _removed(answer: Summary, words: Words) -> str:
    return "; ".join(f"{words.say('procedure', code)} ({rule})" for code, rule in answer["removed"])


def _checks(answer: Summary, words: Words) -> str:
    return "; ".join(
        f"{severity.capitalize()}: {words.say('check', code).rstrip('.')}"
        for code, severity in answer["severities"].items()
    )


def _interval(answer: Summary, words: Words) -> str:
    windows = answer["next_interval"] or {}
    return "; ".join(f"{rule} {words.say('window', window)}" for rule, window in windows.items())


def _questions(answer: Summary, words: Words) -> str:
    return words.say("fact", [*answer["missing"], *answer["confirm_before_order"]])


#: How each part of an answer is told, the weightiest first.
LINES: Mapping[str, Say] = {
    "Board": lambda answer, words: answer["board"]["level"],
    "First study": lambda answer, words: words.say("procedure", answer["top"]),
    "Scenario": _plain("scenario"),
    "Checks": _checks,
    "After the result": _plain("branch"),
    "Actions": _plain("actions"),
    "Interval": _interval,
    "Alternatives": _studies,
    "Ruled out": _removed,
    "Grade": _plain("grade"),
    "Reasons for the board": lambda answer, words: words.say("reasons", answer["board"]["reasons"]),
    "Open questions": _questions,
    "Possible scenarios": _plain("candidates"),
    "Provisional": _plain("provisional"),
}
