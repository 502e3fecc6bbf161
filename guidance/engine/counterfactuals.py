"""What would change an answer: for each unknown fact the answers that it can lead to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from guidance.engine.assess import assess_reading
from guidance.engine.changes.answers import Answer, answers_to
from guidance.engine.changes.consequences import Consequence, consequences_of, outcome_of
from guidance.engine.changes.ranges import join, range_words
from guidance.engine.changes.thresholds import thresholds_of
from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import Edition
from guidance.engine.eligibility import judge, relevant
from guidance.engine.facts import Facts, as_json, parse_facts
from guidance.engine.reading import read_case
from guidance.engine.why import explain_why

#: How many assessments one call makes at most; ten thousand and more are made in a second.
MOST = 400
#: Facts of these kinds give others, which are then derived anew.
GIVING = ("list", "records")

MISSING, CONFIRM, CRITERIA = "missing", "confirm", "criteria"


@dataclass(slots=True)
class _Group:
    """Answers that lead to the same."""

    answers: list[Answer]
    consequences: list[Consequence]


def changes(
    facts: Facts,
    edition: Edition,
    names: Sequence[str] | None = None,
    *,
    most: int = MOST,
) -> dict[str, Any]:
    """Return what each answer to each open question would change against the present answer.

    Args:
        facts: the facts of the case.
        edition: the edition that answers.
        names: the facts to ask about, in order; those that are known are left out. Without
            it: what is missing, what is to be confirmed before an order, then every other
            unknown fact on which a line of the answer rests.
        most: the number of assessments after which no further fact is taken.

    Returns:
        JSON-able. `facts`: for each fact its `fact`, `label`, `question`, `kind` (missing,
        confirm, criteria) and `answers`, where answers that lead to the same stand together:
        `values`, `words` ("3 to 20 %", "Yes"), `is_rest` where the words could be "otherwise",
        and `consequences`, each with `kind` and `text`, empty where nothing would change. A
        fact whose answers change nothing stands there only if it is asked for. `assessed`: how
        many assessments were made; `left_out`: facts that were not looked at for `most`.
    """
    present = _answered(facts, edition)
    thresholds = thresholds_of(edition)
    wanted = dict.fromkeys(_open(facts, edition, present) if names is None else names)
    found: list[dict[str, Any]] = []
    left_out: list[str] = []
    assessed = 1
    for name in wanted:
        definition = edition.dictionary[name]
        answers = answers_to(definition, thresholds.get(name, ()))
        if facts.is_known(name) or not answers:
            continue
        if left_out or assessed + len(answers) > most:
            left_out.append(name)
            continue
        assessed += len(answers)
        groups = _groups(facts, definition, answers, present, edition)
        kind = _kind(name, present)
        if kind != CRITERIA or any(group.consequences for group in groups):
            found.append(
                {
                    "fact": name,
                    "label": definition.label,
                    "question": definition.question,
                    "kind": kind,
                    "answers": [_told(group, groups, definition) for group in groups],
                }
            )
    return {"facts": found, "assessed": assessed, "left_out": left_out}


def _answered(facts: Facts, edition: Edition) -> dict[str, Any]:
    """Return the answer, and beside it how the case stands to the treatment options shown."""
    reading, grading = read_case(facts)
    answer = assess_reading(reading, grading, edition)
    found = judge(reading, edition, relevant(reading, answer["actions"], edition))
    options = {each["name"]: each["words"] for each in found if not each["hidden"]}
    return {**answer, "options": options}


def _open(facts: Facts, edition: Edition, present: dict[str, Any]) -> Iterator[str]:
    yield from present["missing"]
    yield from present["confirm_before_order"]
    for line in explain_why(facts, edition):
        yield from line["open"]


def _kind(name: str, present: dict[str, Any]) -> str:
    if name in present["missing"]:
        return MISSING
    return CONFIRM if name in present["confirm_before_order"] else CRITERIA


def _groups(
    facts: Facts,
    definition: FactDefinition,
    answers: list[Answer],
    present: dict[str, Any],
    edition: Edition,
) -> list[_Group]:
    """Return the answers by what they lead to; those that change nothing last."""
    name = definition.name
    groups: dict[tuple[Any, ...], _Group] = {}
    previous = None
    for answer in answers:
        after = _answered(_with(facts, definition, answer.value, edition), edition)
        outcome = outcome_of(after, name)
        group = groups.get(outcome)
        if group is None:
            consequences = consequences_of(present, after, name, edition)
            group = groups[outcome] = _Group([], consequences)
        if answer.range and outcome == previous:
            last = group.answers[-1]
            assert last.range is not None  # noqa: S101 - of a number every answer has one
            group.answers[-1] = Answer(last.value, "", join(last.range, answer.range))
        else:
            group.answers.append(answer)
        previous = outcome
    return sorted(groups.values(), key=lambda group: not group.consequences)


def _with(facts: Facts, definition: FactDefinition, value: Any, edition: Edition) -> Facts:
    """Return the facts with one more known."""
    if definition.kind in GIVING:
        raw = {**facts.as_json(), definition.name: as_json(value)}
        return parse_facts(raw, edition.dictionary)
    return Facts(MappingProxyType({**facts.values, definition.name: value}))


def _told(group: _Group, groups: list[_Group], definition: FactDefinition) -> dict[str, Any]:
    words = [
        range_words(answer.range, definition) if answer.range else answer.words
        for answer in group.answers
    ]
    return {
        "values": [as_json(answer.value) for answer in group.answers],
        "words": _either(words),
        "is_rest": len(groups) > 1 and group is groups[-1] and len(group.answers) > 1,
        "consequences": group.consequences,
    }


def _either(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
