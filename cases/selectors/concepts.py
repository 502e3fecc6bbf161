"""Every concept that a code can stand for, with its words: facts, studies, analytes, units."""

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cases.models.lesion import Site
from cases.models.procedure import ProcedureKind
from cases.models.specimen import SpecimenKind
from cases.models.study import Contrast, Tracer
from cases.models.treatment import BestResponse, Intent, TreatmentType
from cases.selectors.analytes import catalogue
from cases.terminology.reading import raw, units
from guidance.engine import content
from guidance.engine.dictionary import DICTIONARY

#: The kinds, as a concept's path begins, with how a reader calls them.
KINDS = {
    "fact": "Fact",
    "procedure": "Examination",
    "analyte": "Laboratory value",
    "operation": "Operation",
    "specimen_kind": "Kind of specimen",
    "treatment": "Treatment",
    "intent": "Intent of treatment",
    "response": "Response to treatment",
    "target_response": "Target lesions",
    "condition": "Condition",
    "tnm": "TNM",
    "site": "Site of a lesion",
    "tracer": "Tracer",
    "contrast": "Contrast agent",
    "unit": "Unit",
}


class Concept(NamedTuple):
    """One concept: its path, for example `fact/pathologist_grade/G2`, and its words."""

    key: str
    label: str


@functools.cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by its path, facts first."""
    return MappingProxyType({key: Concept(key, label) for key, label in _all()})


def concept_named(typed: str) -> Concept | None:
    """The concept with this path, or with these words in whatever case; None where none is."""
    given = typed.strip()
    return concepts().get(given) or _by_label().get(given.casefold())


def label_of(key: str) -> str:
    """A concept's words; its path where the product has it no more."""
    known = concepts().get(key)
    return known.label if known else key


@functools.cache
def _by_label() -> Mapping[str, Concept]:
    return {concept.label.casefold(): concept for concept in concepts().values()}


def _all() -> Iterator[tuple[str, str]]:
    for name, fact in DICTIONARY.items():
        yield f"fact/{name}", f"Fact: {fact.label}"
        if fact.kind in ("enum", "list"):
            for value in fact.allowed:
                yield f"fact/{name}/{value}", f"{fact.label}: {fact.value_labels[value]}"
    for kind, members in _members():
        for code, label in members:
            yield f"{kind}/{code}", f"{KINDS[kind]}: {label}"


def _members() -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    studies = content.read(content.DEFAULT_VERSION, "procedures")["procedures"]
    named = raw("concepts")
    yield "procedure", [(study["code"], study["name"]) for study in studies]
    yield "analyte", [(a.code, a.name) for a in catalogue().analytes.values()]
    yield "operation", ProcedureKind.choices
    yield "specimen_kind", SpecimenKind.choices
    yield "treatment", TreatmentType.choices
    yield "intent", Intent.choices
    yield "response", BestResponse.choices
    yield "target_response", list(named["target_responses"].items())
    yield "condition", list(named["conditions"].items())
    yield "tnm", list(named["tnm"].items())
    yield "site", Site.choices
    yield "tracer", Tracer.choices
    yield "contrast", Contrast.choices
    yield "unit", [(unit.unit, unit.unit) for unit in units()]
