"""T, N, M and stage of a case, in words (specification 8.3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from guidance.calculators.tnm import Extent, Finding, Staging, System, stage_tumor
from guidance.engine.criteria import show_facts
from guidance.engine.edition import Edition
from guidance.engine.facts import Facts
from guidance.engine.logic import Condition, parse_condition

#: The facts that each category rests on.
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "t": tuple(field.name for field in fields(Extent)),
    "n": ("regional_ln_metastasis",),
    "m": ("distant_metastasis", "metastatic_sites"),
}
CONTRADICTORY = "facts_contradict"


@dataclass(frozen=True, slots=True)
class Clash:
    """Facts of a case that cannot all be true, and the category `of` that they leave open."""

    id: str
    of: str
    text: str
    facts: tuple[str, ...]
    source: str


def explain_stage(case: Facts | Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    """Return T, N, M and stage of a case by the chosen system, from its facts alone.

    Sizes are in mm. `missing` are facts that can still change the result; the assessment
    itself never asks for them. A category about which the facts contradict each other is not
    given; `contradictions` name them. Stage IV stands by M1 whatever T is [002 L53].
    `beyond_sources` marks AJCC 8 [BS]. Where no system is chosen ENETS is taken (fact 133).
    """
    values = case.values if isinstance(case, Facts) else case
    words = edition.explanations["staging"]
    chosen: System | None = values.get("tnm_system")
    system: System = chosen or words["default"]["system"]
    clashes = tuple(_clashes(values, words["contradictions"]))
    present = words.get("present")
    from_now = present is not None and _is_distant_now(values, present["when"])
    if from_now:
        values = {**values, "distant_metastasis": True}
    open_parts = {clash.of for clash in clashes}
    staging = _stage(values, system, open_parts)
    findings = {part: getattr(staging, part) for part in ("t", "n", "m", "stage")}
    explained = {
        part: _contradicted(words)
        if part in open_parts
        else _explain(found, words, {name for part in open_parts for name in RESTS_ON[part]})
        for part, found in findings.items()
    }
    statements = [
        words["systems"][system],
        *([] if chosen else [words["default"]]),
        *([present] if from_now else []),
    ]
    return {
        "system": system,
        "system_name": words["systems"][system]["name"],
        "system_chosen": chosen is not None,
        "rule": staging.rule,
        "beyond_sources": staging.beyond_sources,
        **explained,
        "missing": list(dict.fromkeys(n for part in explained.values() for n in part["missing"])),
        "contradictions": [
            {
                "id": clash.id,
                "text": clash.text,
                "facts": show_facts(values, clash.facts),
                "source": clash.source,
            }
            for clash in clashes
        ],
        "statements": [
            {"text": statement["text"], "source": statement["source"]} for statement in statements
        ],
        "source": words["systems"][system]["source"],
    }


def _is_distant_now(values: Mapping[str, Any], when: Any) -> bool:
    """Return whether metastases known now stand for fact 132, which nobody answered [002 L53]."""
    return values.get("distant_metastasis") is None and parse_condition(when).test(values) is True


def _stage(values: Mapping[str, Any], system: System, open_parts: set[str]) -> Staging:
    """Return the staging, with all that a contradicted category rests on taken as unknown."""
    untold = {name for part in open_parts for name in RESTS_ON[part]}
    told = {name: value for name, value in values.items() if name not in untold}
    return stage_tumor(
        system,
        Extent(**{name: told.get(name) for name in RESTS_ON["t"]}),
        regional_ln_metastasis=told.get("regional_ln_metastasis"),
        distant_metastasis=told.get("distant_metastasis"),
        metastatic_sites=told.get("metastatic_sites"),
        differentiation=told.get("differentiation"),
        histology_subtype=told.get("histology_subtype"),
    )


def _contradicted(words: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "category": None,
        "at_least": None,
        "possible": [],
        "missing": [],
        "reason": _reason(CONTRADICTORY, words),
    }


def _explain(found: Finding, words: Mapping[str, Any], untold: set[str]) -> dict[str, Any]:
    """Return a finding in words; one that waits for facts that contradict each other says so."""
    missing = [name for name in found.missing if name not in untold]
    reason = CONTRADICTORY if len(missing) < len(found.missing) else found.reason
    return {
        "category": found.category,
        "at_least": found.at_least,
        "possible": list(found.possible),
        "missing": missing,
        "reason": _reason(reason, words) if reason else None,
    }


def _reason(code: str, words: Mapping[str, Any]) -> dict[str, str]:
    statement = words["reasons"][code]
    return {"code": code, "text": statement["text"], "source": statement["source"]}


def _clashes(values: Mapping[str, Any], raw: Sequence[Mapping[str, Any]]) -> Iterator[Clash]:
    for entry in raw:
        condition = parse_condition(entry["when"])
        if condition.test(values) is True:
            facts = tuple(dict.fromkeys(_true_facts(condition, values)))
            yield Clash(entry["id"], entry["of"], entry["text"], facts, entry["source"])


def _true_facts(condition: Condition, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the known facts that make a condition true."""
    if condition.test(values) is not True:
        return
    if condition.comparison is not None:
        yield from condition.facts
    for part in condition.parts:
        yield from _true_facts(part, values)
