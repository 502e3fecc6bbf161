"""The way to a scenario: the steps of Appendix A that a case went through, in order."""

from collections.abc import Iterator
from typing import Any

from guidance.engine.criteria import show_facts
from guidance.engine.lines.line import Told
from guidance.engine.logic import Condition
from guidance.engine.routing import NOT_COVERED, UNDETERMINED
from guidance.engine.scenario import Criterion, Rule, Step
from guidance.engine.trees import tree_of

PASSED = "does not apply"
OPEN = "not known, so it does not decide"
THROUGH = "does not settle it"
DECIDED = "decided here"
LEFT_OPEN = "leaves it open"

#: Numbers of Appendix A: the gates up to the primary, contradictions, carcinoma, differentiation.
GATE_NUMBERS = {"GATE-1": 1, "GATE-2": 2}
PRIMARY, CONTRADICTIONS, CARCINOMA, DIFFERENTIATION = 3, 4, 5, 6
#: What step 4 is called; each contradiction has its own words in the content.
NO_CONTRADICTION = "The facts contradict each other."


def steps_of(told: Told) -> list[dict[str, Any]]:
    """Return the steps up to the one that decided, as JSON-able mappings.

    Each: `number` of Appendix A, `text`, `state` (does not apply, not known, does not settle
    it, decided here, leaves it open), its `trees`, the `rules` looked at in the step that
    decided, the `facts` that it read, and its `source`.
    """
    return list(_steps(told))


def _steps(told: Told) -> Iterator[dict[str, Any]]:
    catalogue, route = told.edition.catalogue, told.route
    for gate in catalogue.gates:
        is_decisive = gate is route.gate
        yield _gate(told, GATE_NUMBERS.get(gate.id, PRIMARY), gate, DECIDED if is_decisive else "")
        if is_decisive:
            return
    yield _contradictions(told)
    if route.contradictions:
        return
    is_carcinoma = route.gate is catalogue.carcinoma_gate
    state = DECIDED if is_carcinoma else ""
    yield _gate(told, CARCINOMA, catalogue.carcinoma_gate, state)
    if is_carcinoma:
        return
    is_open = catalogue.carcinoma_open.condition.test(told.reading) is True
    state = LEFT_OPEN if is_open else ""
    yield _gate(told, DIFFERENTIATION, catalogue.carcinoma_open, state)
    for step in catalogue.steps:
        is_entered = step.condition is None or step.condition.test(told.reading) is True
        decisive = route.rule if is_entered and route.rule in step.rules else None
        yield _step(told, step, decisive)
        if decisive is not None:
            return


def _gate(told: Told, number: int, gate: Criterion, state: str) -> dict[str, Any]:
    passed = OPEN if gate.condition.test(told.reading) is None else PASSED
    return _entry(told, number, gate.text, state or passed, [gate.condition], gate.source)


def _contradictions(told: Told) -> dict[str, Any]:
    found = told.route.contradictions
    text = " ".join(entry.text for entry in found) or NO_CONTRADICTION
    source = "; ".join(dict.fromkeys(entry.source for entry in found))
    conditions = [entry.condition for entry in found]
    state = DECIDED if found else PASSED
    return _entry(told, CONTRADICTIONS, text, state, conditions, source)


def _step(told: Told, step: Step, decisive: Rule | None) -> dict[str, Any]:
    conditions = [] if step.condition is None else [step.condition]
    if decisive is None:
        read = [] if step.condition else [rule.condition for rule in step.rules]
        is_passed = step.condition is not None and step.condition.test(told.reading) is not True
        state = PASSED if is_passed else THROUGH
        entry = _entry(told, step.number, step.text, state, conditions, step.source)
        return entry | {"facts": _facts(told, [*conditions, *read])}
    looked_at = step.rules[: step.rules.index(decisive) + 1]
    entry = _entry(told, step.number, step.text, DECIDED, conditions, step.source)
    return entry | {"rules": [_rule(told, rule, rule is decisive) for rule in looked_at]}


def _rule(told: Told, rule: Rule, is_decisive: bool) -> dict[str, Any]:
    return {
        "id": rule.id,
        "text": rule.text,
        "state": DECIDED if is_decisive else PASSED,
        "leads_to": scenario_words(told, rule.leads_to or "") if is_decisive else "",
        "tree": tree_of(rule.condition, told.reading, told.edition),
        "source": rule.source,
    }


def scenario_words(told: Told, code: str) -> str:
    """Return a scenario, or the absence of one, in words."""
    catalogue = told.edition.catalogue
    if code in catalogue.scenarios:
        return catalogue.scenarios[code].name
    head, _, reason = code.partition(":")
    if head == NOT_COVERED:
        return catalogue.not_covered[reason]["text"]
    return "Not enough is known" if head == UNDETERMINED else "The facts contradict each other"


def _entry(
    told: Told, number: int, text: str, state: str, conditions: list[Condition], source: str
) -> dict[str, Any]:
    return {
        "number": number,
        "text": text,
        "state": state,
        "trees": [tree_of(each, told.reading, told.edition) for each in conditions],
        "rules": [],
        "facts": _facts(told, conditions),
        "source": source,
    }


def _facts(told: Told, conditions: list[Condition]) -> dict[str, Any]:
    names = tuple(dict.fromkeys(name for each in conditions for name in each.facts))
    return show_facts(told.reading, names)
