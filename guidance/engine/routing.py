"""From facts to a scenario: Appendix A steps 1 to 11 of the specification.

What the steps say stands in the content (`scenarios.yaml`); here they are walked, in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.contradictions import Contradiction, find_contradictions
from guidance.engine.scenario import (
    Catalogue,
    Criterion,
    Reservation,
    Rule,
    Status,
    Step,
    asked,
    holding,
)

UNDETERMINED = "UNDETERMINED"
CONFLICT = "CONFLICT"
NOT_COVERED = "NOT_COVERED"
STATUSES: Mapping[str, Status] = {
    UNDETERMINED: "UNDETERMINED",
    CONFLICT: "CONFLICT",
    NOT_COVERED: "NOT_COVERED",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case belongs.

    `scenario` is an id, UNDETERMINED, CONFLICT or NOT_COVERED:<REASON>; `missing` are the
    facts that could change it, in order of evaluation. What decided is one of `gate`,
    `contradictions` and `rule`; `reservations` are what keeps the answer from being final.
    """

    scenario: str
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    gate: Criterion | None = None
    rule: Rule | None = None
    reservations: tuple[Reservation, ...] = ()

    @property
    def provisional(self) -> bool:
        """Return whether something unknown could still change the answer."""
        return bool(self.reservations)

    @property
    def status(self) -> Status | None:
        """Return the status that the scenario text itself shows, None for a scenario id."""
        return STATUSES.get(self.scenario.partition(":")[0])


def route_case(
    reading: Mapping[str, Any], catalogue: Catalogue, contradictions: tuple[Contradiction, ...]
) -> Route:
    """Return the route of a case through steps 1 to 11.

    What stops the way for good (a gate, a contradiction) is final: it is neither
    provisional nor does it ask for anything.
    """
    for gate in catalogue.gates:
        if gate.condition.test(reading) is True:
            return Route(f"{NOT_COVERED}:{gate.leads_to[0]}", gate=gate)
    found = find_contradictions(reading, contradictions)
    if found:
        return Route(CONFLICT, contradictions=found)
    held = holding(catalogue.reservations, reading)
    carcinoma = catalogue.carcinoma_gate
    if carcinoma.condition.test(reading) is True:
        missing = _missing(reading, held, ())
        return Route(carcinoma.leads_to[0], missing=missing, gate=carcinoma, reservations=held)
    held += holding(catalogue.tumor_reservations, reading)
    rule = find_rule(reading, catalogue.steps)
    reserved = holding(rule.reserve, reading)
    scenario, candidates = rule.leads_to or UNDETERMINED, rule.candidates
    if catalogue.carcinoma_open.condition.test(reading) is True:
        # Step 6: a carcinoma stays possible beside whatever the steps found [CLS-06].
        possible = {*(candidates or (scenario,)), *catalogue.carcinoma_open.leads_to}
        candidates = tuple(sorted(possible & catalogue.scenarios.keys()))
        scenario = UNDETERMINED
    return Route(
        scenario,
        candidates=candidates,
        missing=_missing(reading, held, (*rule.ask, *asked(reserved))),
        rule=rule,
        reservations=held + reserved,
    )


def find_rule(reading: Mapping[str, Any], steps: tuple[Step, ...]) -> Rule:
    """Return the rule of steps 7 to 11 that decides; where none is true, the last of all."""
    for step in steps:
        if step.condition is not None and step.condition.test(reading) is not True:
            continue
        for rule in step.rules:
            if rule.condition.test(reading) is True:
                if rule.leads_to is None:
                    break
                return rule
    return steps[-1].rules[-1]


def _missing(
    reading: Mapping[str, Any], held: tuple[Reservation, ...], wanted: tuple[str, ...]
) -> tuple[str, ...]:
    # Without an edition there is no grade; the institution has to choose one [BS].
    version = () if reading.get("who_version") else ("who_version",)
    return tuple(dict.fromkeys((*asked(held), *version, *wanted)))
