"""The product's minimum data set: what must be there before a board, by scenario, and how fresh.

It belongs to no edition: an institution departs from it item by item, and no statement of the
guidance reads it.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from guidance.editions import beside
from guidance.engine.content import CONTENT
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.logic import Condition, parse_condition
from guidance.engine.places import Document
from guidance.engine.problems import ContentProblem

NAME = "minimum_dataset"
FILE = CONTENT / f"{NAME}.yaml"

Need = Literal["report", "result", "images", "measurements", "rereading"]


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A written question, a settled scenario, or a list of treatments that may be empty."""

    what: Literal["board_question", "scenario", "treatments"]


@dataclass(frozen=True, slots=True)
class FactsRule:
    """Facts that must all be known; with `answered_only`, by direct answers, which have a date."""

    names: tuple[str, ...]
    answered_only: bool


@dataclass(frozen=True, slots=True)
class LabRule:
    """A value of one of these analytes."""

    analytes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecimenRule:
    """A specimen on which all of these columns are noted."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyRule:
    """A performed study.

    One of `procedures` counts whatever else is noted of the study; one of `modalities` counts
    where `regions`, contrast and `sequences` are noted too. Without both, any study counts. With
    `newest`, only the newest of these modalities does.
    """

    newest: bool
    procedures: tuple[str, ...]
    modalities: tuple[str, ...]
    regions: tuple[str, ...]
    contrast: bool
    sequences: tuple[str, ...]
    needs: tuple[Need, ...]


Rule = RecordRule | FactsRule | LabRule | SpecimenRule | StudyRule


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `scenarios` is empty where every scenario needs it.

    `max_age_weeks` is None where the evidence may be as old as it is; `max_age_source` says
    where the limit comes from.
    """

    code: str
    name: str
    why: str
    scenarios: tuple[str, ...]
    is_required: bool
    when: Condition | None
    satisfied_by: tuple[Rule, ...]
    max_age_weeks: int | None
    max_age_source: str
    asked_of: str
    source: str

    def is_for(self, scenario: str) -> bool:
        """Whether the product asks for it in `scenario`, if it asks for it at all."""
        return not self.scenarios or scenario in self.scenarios


@dataclass(frozen=True, slots=True)
class MinimumDataset:
    """All items by code in the order in which they are shown; `departments` by code."""

    notice: str
    departments: Mapping[str, str]
    items: Mapping[str, Item]


@functools.cache
def minimum_dataset() -> MinimumDataset:
    """Return the product's default, read and checked once per process.

    Raises:
        ContentError: the file is not what it should be.
    """
    value = beside.load(NAME, FILE, _problems, message="The minimum data set cannot be read:")
    return MinimumDataset(
        notice=value["notice"],
        departments={each["code"]: each["name"] for each in value["departments"]},
        items={each["code"]: _item(each) for each in value["items"]},
    )


def check(file: Path = FILE) -> list[ContentProblem]:
    """Return everything that is wrong with the file, in order of its lines."""
    return beside.check(NAME, file, _problems)


def _problems(document: Document) -> Iterator[ContentProblem]:
    yield from _repeats(document, "departments/*/code")
    yield from _repeats(document, "items/*/code")
    departments = {each["code"] for each in document.value["departments"]}
    edition = load_edition()
    yield from _strangers(document, "items/*/asked_of", departments, "department")
    scenarios = edition.catalogue.scenarios
    yield from _strangers(document, "items/*/scenarios/*", scenarios, "scenario")
    rules = "items/*/satisfied_by/*"
    for key in ("facts", "answered"):
        yield from _strangers(document, f"{rules}/{key}/*", DICTIONARY, "fact")
    procedures, modalities = edition.ratings.procedures, DICTIONARY["study_modality"].allowed
    yield from _strangers(document, f"{rules}/study/procedures/*", procedures, "procedure")
    yield from _strangers(document, f"{rules}/study/modalities/*", modalities, "modality")
    for path, raw in document.select("items/*/when"):
        strangers = [name for name in parse_condition(raw).names if name not in DICTIONARY]
        if strangers:
            yield document.problem(path, f"{strangers[0]} is not a fact")


def _repeats(document: Document, pattern: str) -> Iterator[ContentProblem]:
    seen = set()
    for path, code in document.select(pattern):
        if code in seen:
            yield document.problem(path, f"{code} stands twice")
        seen.add(code)


def _strangers(
    document: Document, pattern: str, known: Iterable[str], kind: str
) -> Iterator[ContentProblem]:
    for path, name in document.select(pattern):
        if name not in known:
            yield document.problem(path, f"{name} is no {kind}")


def _item(raw: Mapping[str, Any]) -> Item:
    max_age = raw.get("max_age", {})
    return Item(
        code=raw["code"],
        name=raw["name"],
        why=raw["why"],
        scenarios=tuple(raw.get("scenarios", ())),
        is_required=raw.get("required", True),
        when=parse_condition(raw["when"]) if "when" in raw else None,
        satisfied_by=tuple(_rule(rule) for rule in raw["satisfied_by"]),
        max_age_weeks=max_age.get("weeks"),
        max_age_source=max_age.get("source", ""),
        asked_of=raw["asked_of"],
        source=raw["source"],
    )


def _rule(raw: Mapping[str, Any]) -> Rule:
    ((kind, value),) = raw.items()
    if kind == "record":
        return RecordRule(value)
    if kind == "lab":
        return LabRule(tuple(value))
    if kind == "specimen":
        return SpecimenRule(tuple(value))
    if kind == "study":
        return StudyRule(
            newest=value.get("newest", False),
            procedures=tuple(value.get("procedures", ())),
            modalities=tuple(value.get("modalities", ())),
            regions=tuple(value.get("regions", ())),
            contrast=value.get("contrast", False),
            sequences=tuple(value.get("sequences", ())),
            needs=tuple(value["needs"]),
        )
    return FactsRule(tuple(value), answered_only=kind == "answered")
