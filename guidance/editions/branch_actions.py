"""How a board reads the actions of the editions: what kind of recommendation each is [INT].

It belongs to no edition: the words stay those of the edition, and no statement reads it.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guidance.editions import beside
from guidance.engine import content
from guidance.engine.content import CONTENT
from guidance.engine.edition import load_edition
from guidance.engine.places import Document
from guidance.engine.problems import ContentProblem
from guidance.engine.ratings import Procedure

NAME = "branch_actions"
FILE = CONTENT / f"{NAME}.yaml"
#: Kinds of actions that are nothing to carry out.
NOT_ASKED = ("board", "remark")


@dataclass(frozen=True)
class Reading:
    """What kind of recommendation an action is, what for, and whether an interval sets its day.

    `modality` are the modalities of a study that carries out what it says in words; `region` are
    parts of the body of which its procedure covers one, empty where none is named.
    """

    kind: str = "other"
    intent: str = ""
    by_interval: bool = False
    modality: tuple[str, ...] = ()
    region: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether it is something to carry out."""
        return self.kind not in NOT_ASKED


@dataclass(frozen=True)
class BranchActions:
    """Readings by the code of the action; what a recommended study is for, by scenario."""

    actions: Mapping[str, Reading] = field(default_factory=dict)
    studies: Mapping[str, str] = field(default_factory=dict)


@functools.cache
def branch_actions() -> BranchActions:
    """Return all readings, read and checked once per process.

    Raises:
        ContentError: the file is not what it should be.
    """
    value = beside.load(NAME, FILE, _problems, message="The actions cannot be read:")
    actions = {
        code: Reading(**{name: _fixed(value) for name, value in reading.items()})
        for code, reading in value["actions"].items()
    }
    return BranchActions(actions, value["studies"])


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def check(file: Path = FILE) -> list[ContentProblem]:
    """Return everything that is wrong with the file, in order of its lines."""
    return beside.check(NAME, file, _problems)


def _problems(document: Document) -> Iterator[ContentProblem]:
    editions = [load_edition(version) for version in content.versions()]
    codes = {a["code"] for e in editions for a in e.content["actions"]["actions"]}
    scenarios = {code for edition in editions for code in edition.catalogue.scenarios}
    for part, known in (("actions", codes), ("studies", scenarios)):
        for code in document.value[part]:
            if code not in known:
                yield document.problem((part, code), f"no edition has {code}", key=True)
    procedures = [p for e in editions for p in e.ratings.procedures.values()]
    yield from _unknown_studies(document, procedures)
    for code in sorted(codes - document.value["actions"].keys()):
        yield document.problem(("actions",), f"{code} is missing")


def _unknown_studies(
    document: Document, procedures: Sequence[Procedure]
) -> Iterator[ContentProblem]:
    """What no study of an edition is: then nothing would ever carry the action out."""
    modalities = {procedure.modality for procedure in procedures}
    regions = {procedure.region for procedure in procedures}
    for code, reading in document.value["actions"].items():
        for place, modality in enumerate(reading.get("modality", ())):
            if modality not in modalities:
                at = ("actions", code, "modality", place)
                yield document.problem(at, f"no study has the modality {modality}")
        for place, part in enumerate(reading.get("region", ())):
            if not any(part in region for region in regions):
                at = ("actions", code, "region", place)
                yield document.problem(at, f"no study covers {part}")
