"""Scenarios of an edition: who belongs to them, and what sends a case elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from guidance.engine.logic import Condition, parse_condition

Status = Literal["FULL", "NAMED", "UNDETERMINED", "CONFLICT", "NOT_COVERED"]
Text = Mapping[str, str]


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
class Scenario:
    """A clinical situation, FULL when the sources rate its studies, else NAMED.

    `ask` are facts wanted in any case, `ask_after_result` once a result is entered.
    """

    id: str
    name: str
    text: str
    status: Status
    source: str
    hint: str | None
    ask: tuple[str, ...]
    ask_after_result: tuple[str, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All scenarios with the gates before them and the hints of the named ones."""

    scenarios: Mapping[str, Scenario]
    gates: tuple[Criterion, ...]
    carcinoma_gate: Criterion
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
        criteria=tuple(_criterion(criterion) for criterion in raw["criteria"]),
    )


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
        redirects={target: tuple(found) for target, found in redirects.items()},
        not_covered=raw["not_covered"],
        hints={hint["id"]: tuple(hint["points"]) for hint in raw["hints"]},
    )
