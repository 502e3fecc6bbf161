"""Studies of a fully specified scenario: rated, substituted, ranked (Appendix A step 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.dictionary import FactDefinition
from guidance.engine.logic import Condition, parse_condition

CONTRAST_ANATOMICAL = "contrast_anatomical"
RANKED = ("UA", "MBA", "MBA-D")


@dataclass(frozen=True, slots=True)
class Procedure:
    """A study that can be ordered; `traits` say which substitution rules concern it."""

    code: str
    name: str
    modality: str
    region: str
    traits: tuple[str, ...]
    done: Condition | None
    source: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A rule SUB-nn that takes studies of one trait away; `confirm` must be known to order one."""

    id: str
    trait: str
    condition: Condition
    confirm: tuple[str, ...]
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating of one procedure in one scenario; ratings never carry over to another.

    `code` is UA, MBA, MBA-D, UNA or NR, `role` add_on, fallback or empty. `substitutions`
    are the rules that can take the procedure away.
    """

    procedure: Procedure
    code: str
    label: str
    radiation: str
    role: str
    why: str
    prefer_when: str
    source: str
    substitutions: tuple[Substitution, ...]

    @property
    def is_ranked(self) -> bool:
        """Return whether the study can be recommended in its own right."""
        return self.code in RANKED


@dataclass(frozen=True, slots=True)
class Protocol:
    """What to write on the order of one study in one scenario."""

    id: str
    phases: tuple[str, ...]
    dwi: bool
    coverage: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RatingTable:
    """All ratings of an edition by scenario, in rank order, with their protocols."""

    procedures: Mapping[str, Procedure]
    by_scenario: Mapping[str, tuple[Rating, ...]]
    protocols: Mapping[tuple[str, str], Protocol]
    notes: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The studies of a scenario for one case.

    `confirm` are the unknown feasibility facts by procedure code. `combined` says that no
    contrast-enhanced anatomical study is left (SUB-05).
    """

    top: Rating | None = None
    alternatives: tuple[Rating, ...] = ()
    removed: tuple[tuple[Rating, Substitution], ...] = ()
    confirm: Mapping[str, tuple[str, ...]] | None = None
    combined: bool = False

    @property
    def feasible(self) -> tuple[Rating, ...]:
        """Return the top study and its alternatives in rank order."""
        return () if self.top is None else (self.top, *self.alternatives)

    def confirm_before_order(self, dictionary: Mapping[str, FactDefinition]) -> list[str]:
        """Return the unknown facts to settle before an order, in the dictionary's order."""
        names = {name for group in (self.confirm or {}).values() for name in group}
        return sorted(names, key=lambda name: dictionary[name].number)


def load_ratings(
    procedures: Mapping[str, Any],
    ratings: Mapping[str, Any],
    substitutions: Mapping[str, Any],
    protocols: Mapping[str, Any],
) -> RatingTable:
    """Return the ratings of the content of the four files that describe studies."""
    by_code = {raw["code"]: _procedure(raw) for raw in procedures["procedures"]}
    rules = tuple(_substitution(raw) for raw in substitutions["substitutions"])
    return RatingTable(
        procedures=by_code,
        by_scenario={
            scenario: tuple(_rating(raw, by_code, rules, ratings) for raw in rows)
            for scenario, rows in ratings["ratings"].items()
        },
        protocols={
            (raw["scenario"], raw["procedure"]): _protocol(raw) for raw in protocols["protocols"]
        },
        notes=substitutions["notes"],
        labels=ratings["labels"],
    )


def _procedure(raw: Mapping[str, Any]) -> Procedure:
    done = parse_condition(raw["done_when"]) if "done_when" in raw else None
    return Procedure(
        code=raw["code"],
        name=raw["name"],
        modality=raw["modality"],
        region=raw["region"],
        traits=tuple(raw["traits"]),
        done=done,
        source=raw["source"],
    )


def _substitution(raw: Mapping[str, Any]) -> Substitution:
    return Substitution(
        id=raw["id"],
        trait=raw["trait"],
        condition=parse_condition(raw["when"]),
        confirm=tuple(raw["confirm"]),
        text=raw["text"],
        source=raw["source"],
    )


def _rating(
    raw: Mapping[str, Any],
    procedures: Mapping[str, Procedure],
    rules: tuple[Substitution, ...],
    ratings: Mapping[str, Any],
) -> Rating:
    procedure = procedures[raw["procedure"]]
    return Rating(
        procedure=procedure,
        code=raw["rating"],
        label=ratings["labels"][raw["rating"]],
        radiation=ratings["radiation"][raw["radiation"]],
        role=raw.get("role", ""),
        why=raw["why"],
        prefer_when=raw["prefer_when"],
        source=raw["source"],
        substitutions=tuple(rule for rule in rules if rule.trait in procedure.traits),
    )


def _protocol(raw: Mapping[str, Any]) -> Protocol:
    return Protocol(
        id=raw["id"],
        phases=tuple(raw["phases"]),
        dwi=raw["dwi"],
        coverage=raw["coverage"],
        text=raw["text"],
        source=raw["source"],
    )


def rank_studies(reading: Mapping[str, Any], ratings: tuple[Rating, ...]) -> Ranking:
    """Return the feasible studies in rank order and what took the others away.

    Unknown feasibility never takes a study away; it is to be confirmed. The named fallback
    (non-contrast MRI in SC-03) leads only when nothing contrast-enhanced is left [001 L76;
    A-09]; where even that is impossible, the other rated studies remain (SUB-05).
    """
    feasible: list[Rating] = []
    removed: list[tuple[Rating, Substitution]] = []
    fallback: Rating | None = None
    for rating in ratings:
        if not rating.is_ranked and rating.role != "fallback":
            continue
        rule = _removal(reading, rating)
        if rating.role == "fallback":
            fallback = rating if rule is None else None
        elif rule is None:
            feasible.append(rating)
        else:
            removed.append((rating, rule))
    combined = not any(CONTRAST_ANATOMICAL in rating.procedure.traits for rating in feasible)
    if combined and fallback is not None:
        feasible.insert(0, fallback)
    return Ranking(
        top=feasible[0] if feasible else None,
        alternatives=tuple(feasible[1:]),
        removed=tuple(removed),
        confirm={rating.procedure.code: _unconfirmed(reading, rating) for rating in feasible},
        combined=combined,
    )


def _removal(reading: Mapping[str, Any], rating: Rating) -> Substitution | None:
    for rule in rating.substitutions:
        if rule.condition.test(reading) is True:
            return rule
    return None


def _unconfirmed(reading: Mapping[str, Any], rating: Rating) -> tuple[str, ...]:
    return tuple(
        name for rule in rating.substitutions for name in rule.confirm if reading.get(name) is None
    )


def rating_of(procedure: str, ratings: tuple[Rating, ...]) -> str:
    """Return the code of a procedure's rating in one scenario, NR where it has none."""
    codes = {rating.procedure.code: rating.code for rating in ratings}
    return codes.get(procedure, "NR")
