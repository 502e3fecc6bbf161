"""Scenarios of an edition: who belongs to them, and what sends a case elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from guidance.engine.logic import Condition, parse_condition

Status = Literal["FULL", "NAMED", "UNDETERMINED", "CONFLICT", "NOT_COVERED"]
Text = Mapping[str, str]

#: Where a rule leads that leaves its step without an answer.
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement that is true or not of a case: an inclusion, an exclusion or a gate.

    `leads_to` names the scenarios (for a gate: the reason) that it sends the case to.
    """

    id: str
    text: str
    condition: Condition
    source: str
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reservation:
    """What holds of an answer while its condition is true, and the fact that it is about.

    It keeps the answer from being final, and the fact is asked for; or, among the `overrides`
    of a rule, the fact is recorded and does not stand.
    """

    id: str
    text: str
    condition: Condition
    source: str
    fact: str | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A clinical situation, FULL when the sources rate its studies, else NAMED.

    `ask` are facts wanted in any case, `ask_after_result` once a result is entered, and those
    of `reserve` where they keep the choice of the study open.
    """

    id: str
    name: str
    text: str
    status: Status
    source: str
    hint: str | None
    ask: tuple[str, ...]
    ask_after_result: tuple[str, ...]
    reserve: tuple[Reservation, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a step: where its condition leads, None for on to the next step.

    `leads_to` is a scenario, UNDETERMINED with its `candidates`, or NOT_COVERED with a reason.
    `ask` are facts that would settle it; `reserve` keeps it from being final; `overrides` are
    recorded facts that do not stand where it decides.
    """

    id: str
    text: str
    condition: Condition
    source: str
    leads_to: str | None
    candidates: tuple[str, ...]
    ask: tuple[str, ...]
    reserve: tuple[Reservation, ...]
    overrides: tuple[Reservation, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of Appendix A after the gates; it is entered where its condition is true."""

    number: int
    text: str
    condition: Condition | None
    source: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All scenarios with the way to them and the hints of the named ones.

    `reservations` hold in every case, `tumor_reservations` only where there is no carcinoma;
    while `carcinoma_open` is true a carcinoma stays possible.
    """

    scenarios: Mapping[str, Scenario]
    gates: tuple[Criterion, ...]
    carcinoma_gate: Criterion
    carcinoma_open: Criterion
    reservations: tuple[Reservation, ...]
    tumor_reservations: tuple[Reservation, ...]
    steps: tuple[Step, ...]
    redirects: Mapping[str, tuple[tuple[str, Criterion], ...]]
    not_covered: Mapping[str, Text]
    hints: Mapping[str, tuple[Text, ...]]


def _criterion(raw: Mapping[str, Any], leads_to: tuple[str, ...] = ()) -> Criterion:
    return Criterion(raw["id"], raw["text"], parse_condition(raw["when"]), raw["source"], leads_to)


def _scenario(raw: Mapping[str, Any]) -> Scenario:
    return Scenario(
        id=raw["id"],
        name=raw["name"],
        text=raw["text"],
        status=raw["status"],
        source=raw["source"],
        hint=raw.get("hint"),
        ask=tuple(raw.get("ask", ())),
        ask_after_result=tuple(raw.get("ask_after_result", ())),
        reserve=_reserve(raw),
        criteria=tuple(_criterion(criterion) for criterion in raw["criteria"]),
    )


def _reservation(raw: Mapping[str, Any]) -> Reservation:
    condition = parse_condition(raw["when"])
    return Reservation(raw["id"], raw["text"], condition, raw["source"], raw.get("fact"))


def _reserve(raw: Mapping[str, Any]) -> tuple[Reservation, ...]:
    return tuple(_reservation(entry) for entry in raw.get("reserve", ()))


def _rule(raw: Mapping[str, Any]) -> Rule:
    return Rule(
        id=raw["id"],
        text=raw["text"],
        condition=parse_condition(raw["when"]),
        source=raw["source"],
        leads_to=None if raw["to"] == NEXT else raw["to"],
        candidates=tuple(raw.get("candidates", ())),
        ask=tuple(raw.get("ask", ())),
        reserve=_reserve(raw),
        overrides=tuple(_reservation(entry) for entry in raw.get("overrides", ())),
    )


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        number=raw["number"],
        text=raw["text"],
        condition=parse_condition(raw["when"]) if "when" in raw else None,
        source=raw["source"],
        rules=tuple(_rule(rule) for rule in raw["rules"]),
    )


def _reservations(raw: Mapping[str, Any], of: str) -> tuple[Reservation, ...]:
    return tuple(_reservation(entry) for entry in raw["reservations"] if entry["of"] == of)


def holding(
    reservations: Iterable[Reservation], reading: Mapping[str, Any]
) -> tuple[Reservation, ...]:
    """Return the reservations that hold for a case, in order."""
    return tuple(entry for entry in reservations if entry.condition.test(reading) is True)


def asked(reservations: Iterable[Reservation]) -> tuple[str, ...]:
    """Return the facts that would lift reservations, in order."""
    return tuple(entry.fact for entry in reservations if entry.fact is not None)


def load_catalogue(raw: Mapping[str, Any]) -> Catalogue:
    """Return the scenarios of the content of `scenarios.yaml`."""
    redirects: dict[str, list[tuple[str, Criterion]]] = {}
    for scenario in raw["scenarios"]:
        for exclusion in scenario["exclusions"]:
            criterion = _criterion(exclusion, tuple(exclusion["redirect"]))
            for target in criterion.leads_to:
                redirects.setdefault(target, []).append((scenario["id"], criterion))
    return Catalogue(
        scenarios={scenario["id"]: _scenario(scenario) for scenario in raw["scenarios"]},
        gates=tuple(_criterion(gate, (gate["result"],)) for gate in raw["gates"]),
        carcinoma_gate=_criterion(raw["carcinoma_gate"], (raw["carcinoma_gate"]["scenario"],)),
        carcinoma_open=_criterion(raw["carcinoma_open"], (raw["carcinoma_open"]["scenario"],)),
        reservations=_reservations(raw, "every_case"),
        tumor_reservations=_reservations(raw, "tumor"),
        steps=tuple(_step(step) for step in raw["steps"]),
        redirects={target: tuple(found) for target, found in redirects.items()},
        not_covered=raw["not_covered"],
        hints={hint["id"]: tuple(hint["points"]) for hint in raw["hints"]},
    )
