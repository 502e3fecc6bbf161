"""When a treatment is an option to put before the board (specification section 11).

Hints, never decisions. What a rule lacks is its own and adds nothing to the facts that the
assessment of a case asks for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from guidance.engine.edition import Edition
from guidance.engine.eligibility_rule import Remark, Rule, Way
from guidance.engine.logic import Truth, conjunction, disjunction
from guidance.engine.trees import open_facts

Standing = Literal["meets", "does_not_meet", "insufficient_data", "not_covered"]


def relevant(reading: Mapping[str, Any], actions: Iterable[str], edition: Edition) -> list[str]:
    """Return the ids of the rules to show for a case, in order of display.

    Those that stand beside the actions of its branch or beside the treatment proposed, and
    those that say of themselves where they belong. `reading` is a full one, see `judge`.
    """
    offered = frozenset(actions)
    proposed = reading.get("proposed_treatment")
    return [
        rule.id
        for rule in edition.eligibility
        if not offered.isdisjoint(rule.options)
        or proposed in rule.treatments
        or (rule.relevant is not None and rule.relevant.test(reading) is True)
    ]


def judge(
    reading: Mapping[str, Any], edition: Edition, ids: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return how a case stands to the rules of an edition, all or those of `ids`.

    `reading` is one that an assessment has gone through (`assess_reading`): it holds the
    grade and the branch. `missing` names exactly the facts that can still change the
    standing: what is false is false whatever is unknown beside it, and what a rule reads
    with `unless` follows from another fact where it is unknown.
    """
    return [_judge(rule, reading) for rule in edition.eligibility if ids is None or rule.id in ids]


def _judge(rule: Rule, reading: Mapping[str, Any]) -> dict[str, Any]:
    truth, way = _truth(rule, reading)
    hidden = rule.hidden.holds(reading) if rule.hidden else False
    uncovered = rule.not_covered.holds(reading) if rule.not_covered else False
    standing: Standing
    missing: list[str] = []
    reason = None
    if truth is True and hidden is not None:
        standing = "meets"
    elif truth is False and uncovered is True:
        standing, reason = "not_covered", rule.not_covered
    elif truth is False:
        standing = "does_not_meet"
    else:
        standing = "insufficient_data"
        missing = list(dict.fromkeys(_open_facts(rule, reading)))
    if hidden is True:
        reason = rule.hidden
    return {
        "id": rule.id,
        "name": rule.name,
        "status": standing,
        "words": rule.words[standing],
        "missing": missing,
        "hidden": hidden is True,
        "route": {"id": way.id, "text": way.text, "source": way.source} if way else None,
        "reason": {"text": reason.text, "source": reason.source} if reason else None,
        "cautions": _hold(rule.cautions, reading),
        "notes": _hold(rule.notes, reading),
        "text": rule.text,
        "source": rule.source,
    }


def _truth(rule: Rule, reading: Mapping[str, Any]) -> tuple[Truth, Way | None]:
    """Return whether the criteria hold, and the first route by which they do.

    A rule without criteria is never met.
    """
    if rule.condition is None:
        return False, None
    needed = rule.condition.test(reading)
    if not rule.routes:
        return needed, None
    tests = [way.condition.test(reading) for way in rule.routes]
    truth = conjunction([needed, disjunction(tests)])
    return truth, rule.routes[tests.index(True)] if truth is True else None


def _hold(remarks: Iterable[Remark], reading: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"text": remark.text, "source": remark.source}
        for remark in remarks
        if remark.holds(reading) is True
    ]


def _open_facts(rule: Rule, reading: Mapping[str, Any]) -> Iterator[str]:
    conditions = [rule.condition, rule.hidden.condition if rule.hidden else None]
    # Routes are open only while none of them is true.
    tests = [way.condition.test(reading) for way in rule.routes]
    if disjunction(tests) is None:
        conditions += [way.condition for way in rule.routes]
    for condition in conditions:
        if condition is not None:
            yield from open_facts(condition, reading)
