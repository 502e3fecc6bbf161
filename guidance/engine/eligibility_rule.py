"""The rules that say when a treatment is an option (specification section 11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.logic import Condition, Truth, parse_condition


@dataclass(frozen=True, slots=True)
class Remark:
    """A statement that holds where its condition is true, or always."""

    text: str
    condition: Condition | None
    source: str

    def holds(self, reading: Mapping[str, Any]) -> Truth:
        """Return whether it holds; one without a condition always does."""
        return True if self.condition is None else self.condition.test(reading)


@dataclass(frozen=True, slots=True)
class Way:
    """One of several ways to meet a rule."""

    id: str
    text: str
    condition: Condition
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule TX-nn or FDG-n.

    It is met where `condition` holds, and one of the `routes` if it has any; without a
    condition it has no criteria. `options` are actions of a branch and `treatments` values
    of the fact `proposed_treatment` beside which it is shown, `relevant` says where else.
    `words` are what each standing is called.
    """

    id: str
    name: str
    text: str
    options: frozenset[str]
    treatments: frozenset[str]
    relevant: Condition | None
    condition: Condition | None
    routes: tuple[Way, ...]
    hidden: Remark | None
    not_covered: Remark | None
    words: Mapping[str, str]
    cautions: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    source: str


def load_eligibility(raw: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of the content of `eligibility.yaml`."""
    return tuple(_rule(entry, raw["words"]) for entry in raw.get("eligibility", ()))


def _rule(raw: Mapping[str, Any], words: Mapping[str, str]) -> Rule:
    return Rule(
        id=raw["id"],
        name=raw["name"],
        text=raw["text"],
        options=frozenset(raw["options"]),
        treatments=frozenset(raw["treatments"]),
        relevant=parse_condition(raw["relevant"]["when"]) if "relevant" in raw else None,
        condition=parse_condition(raw["when"]) if "when" in raw else None,
        routes=tuple(
            Way(way["id"], way["text"], parse_condition(way["when"]), way["source"])
            for way in raw.get("routes", ())
        ),
        hidden=_remark(raw["hidden"]) if "hidden" in raw else None,
        not_covered=_remark(raw["not_covered"]) if "not_covered" in raw else None,
        words={**words, **raw.get("words", {})},
        cautions=tuple(map(_remark, raw["cautions"])),
        notes=tuple(map(_remark, raw["notes"])),
        source=raw["source"],
    )


def _remark(raw: Mapping[str, Any]) -> Remark:
    condition = parse_condition(raw["when"]) if "when" in raw else None
    return Remark(raw["text"], condition, raw["source"])
