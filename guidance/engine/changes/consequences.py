"""What one answer changes against the present answer, in clinical words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from guidance.engine.edition import Edition

#: What `assess` answers, and in `options` the standing of each treatment option that is shown.
Answer = Mapping[str, Any]
Consequence = dict[str, str]

NAMED_ONLY = "named only, no study is rated"
OPEN_SCENARIO = "not enough is known"


def outcome_of(answer: Answer, name: str) -> tuple[Any, ...]:
    """Return what two answers are compared by, so that equal outcomes say the same.

    The questions are part of it, but for the one about `name` itself.
    """
    board = answer["board"]
    return (
        (answer["scenario"], tuple(answer["candidates"]), tuple(answer["conflicts"])),
        answer["top"],
        tuple(map(tuple, answer["removed"])),
        tuple((check["code"], check["severity"], check["text"]) for check in answer["checks"]),
        answer["branch"],
        tuple(answer["actions"]),
        tuple((each["rule"], each["words"]) for each in _intervals(answer)),
        (board["level"], tuple(board["reasons"])),
        answer["grade"],
        answer["provisional"],
        tuple(answer["options"].items()),
        tuple(asked for asked in answer["missing"] if asked != name),
        tuple(asked for asked in answer["confirm_before_order"] if asked != name),
    )


def consequences_of(
    before: Answer, after: Answer, name: str, edition: Edition
) -> list[Consequence]:
    """Return what becomes different, each as `kind` and `text`; empty where nothing does."""
    return [
        {"kind": kind, "text": text}
        for kind, tell in KINDS.items()
        for text in tell(before, after, edition)
    ] + [
        {"kind": "questions", "text": f"Then asked: {edition.dictionary[asked].label}"}
        for asked in after["missing"]
        if asked not in before["missing"] and asked != name
    ]


def _scenario(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    same = ("scenario", "candidates", "conflicts")
    if all(before[key] == after[key] for key in same):
        return
    if after["contradictions"]:
        found = " ".join(entry["text"] for entry in after["contradictions"])
        yield f"The record would contradict itself. {found}"
    elif after["not_covered"]:
        yield f"Not covered. {after['not_covered']['text']}"
    elif after["scenario_name"] is None:
        names = [edition.catalogue.scenarios[code].name for code in after["candidates"]]
        yield f"Scenario: {OPEN_SCENARIO}" + (f"; it may be {' or '.join(names)}" * bool(names))
    else:
        note = f" ({NAMED_ONLY})" if after["scenario_status"] == "NAMED" else ""
        yield f"Scenario: {after['scenario_name']}{note}"


def _study(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    if before["top"] == after["top"]:
        return
    if after["top"] is None:
        yield "Study: none is recommended"
    else:
        yield f"Study: {edition.ratings.procedures[after['top']].name}"


def _removed(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    reasons = {study["procedure"]: study["reason"] for study in after["studies"]}
    gone, back = _differ(map(tuple, before["removed"]), map(tuple, after["removed"]))
    procedures = edition.ratings.procedures
    yield from (f"Not possible: {procedures[code].name}. {reasons[code]}" for code, _ in gone)
    if before["scenario"] == after["scenario"]:
        yield from (f"Possible again: {procedures[code].name}" for code, _ in back)


def _checks(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    def said(answer: Answer) -> list[tuple[str, str]]:
        return [(check["severity"].capitalize(), check["text"]) for check in answer["checks"]]

    raised, lifted = _differ(said(before), said(after))
    yield from (f"{severity}: {text}" for severity, text in raised)
    yield from (f"No longer: {text}" for _, text in lifted)


def _branch(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    if before["branch"] == after["branch"]:
        return
    detail = after["branch_detail"]
    yield f"After the result: {detail['trigger'] if detail else 'the sources say nothing'}"


def _actions(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    def texts(answer: Answer) -> list[str]:
        detail = answer["branch_detail"]
        return [action["text"] for action in detail["actions"]] if detail else []

    shown, gone = _differ(texts(before), texts(after))
    yield from (f"Shown: {text}" for text in shown)
    yield from (f"No longer shown: {text}" for text in gone)


def _interval_words(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    new, _ = _differ(
        ((each["rule"], each["words"]) for each in _intervals(before)),
        ((each["rule"], each["words"]) for each in _intervals(after)),
    )
    yield from (f"Next study by {rule}: {words}" for rule, words in new)


def _board(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    def reasons(answer: Answer) -> list[str]:
        return [reason["text"] for reason in answer["board_reasons"]]

    if before["board"]["level"] != after["board"]["level"]:
        yield f"Tumor board: {after['board']['level']}"
    given, gone = _differ(reasons(before), reasons(after))
    yield from (f"Reason for the board: {text}" for text in given)
    yield from (f"No longer a reason for the board: {text}" for text in gone)


def _options(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    new, _ = _differ(before["options"].items(), after["options"].items())
    yield from (f"{name}: {words}" for name, words in new)


def _grade(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    if before["grade"] != after["grade"]:
        detail = after["grade_detail"]
        version = edition.explanations["grade"]["versions"].get(detail["who_version"])
        named = f"{detail['grade']} ({version})" if detail["grade"] else "none"
        yield f"Grade: {named}"


def _provisional(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    if before["provisional"] != after["provisional"]:
        yield "The answer is provisional" if after["provisional"] else "The answer is final"


def _confirm(before: Answer, after: Answer, edition: Edition) -> Iterator[str]:
    new, _ = _differ(before["confirm_before_order"], after["confirm_before_order"])
    labels = [edition.dictionary[name].label for name in new]
    if labels:
        yield f"To confirm before ordering: {', '.join(labels)}"


def _intervals(answer: Answer) -> list[Mapping[str, Any]]:
    detail = answer["branch_detail"]
    return detail["interval"] if detail else []


def _differ(before: Iterable[Any], after: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return what is new in `after`, and what it lacks of `before`, each in order."""
    old, new = list(before), list(after)
    return [each for each in new if each not in old], [each for each in old if each not in new]


KINDS: Mapping[str, Callable[[Answer, Answer, Edition], Iterator[str]]] = {
    "scenario": _scenario,
    "study": _study,
    "removed": _removed,
    "checks": _checks,
    "branch": _branch,
    "actions": _actions,
    "intervals": _interval_words,
    "board": _board,
    "options": _options,
    "grade": _grade,
    "provisional": _provisional,
    "confirm": _confirm,
}
