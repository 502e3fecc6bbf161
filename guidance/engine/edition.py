"""An edition of the guidance: its content, compiled once, with version and hash."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine import content
from guidance.engine.board import BoardRules, load_board_rules
from guidance.engine.branches import BranchTable, load_branches
from guidance.engine.checklists import Checklist, load_checklists
from guidance.engine.checks import Check, load_checks
from guidance.engine.contradictions import Contradiction, load_contradictions
from guidance.engine.dictionary import FactDefinition, load_dictionary
from guidance.engine.intervals import IntervalTable, load_intervals
from guidance.engine.ratings import RatingTable, load_ratings
from guidance.engine.scenario import Catalogue, load_catalogue

FILES = (
    "edition",
    "facts",
    "procedures",
    "scenarios",
    "ratings",
    "protocols",
    "substitutions",
    "branches",
    "actions",
    "intervals",
    "escalations",
    "checks",
    "checklists",
    "contradictions",
    "headlines",
    "explanations",
    "classification",
    "response",
    "prognosis",
    "eligibility",
    "performance",
    "reports",
    "disagreements",
    "ambiguities",
    "uncovered",
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable version of the guidance content.

    `hash` is the SHA-256 of the canonical content. `content` holds the raw files by name
    for pages that show the library; it is shared and read-only.
    """

    version: str
    hash: str
    title: str
    date: str
    sources: tuple[Mapping[str, Any], ...]
    content: Mapping[str, Mapping[str, Any]]
    dictionary: Mapping[str, FactDefinition]
    catalogue: Catalogue
    contradictions: tuple[Contradiction, ...]
    ratings: RatingTable
    branches: BranchTable
    intervals: IntervalTable
    board: BoardRules
    checks: Mapping[str, tuple[Check, ...]]
    checklists: tuple[Checklist, ...]
    headlines: Mapping[str, Mapping[str, str]]
    explanations: Mapping[str, Any]


def content_hash(files: Mapping[str, Any]) -> str:
    """Return the SHA-256 of content, independent of comments, spacing and key order."""
    canonical = json.dumps(files, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def compile_edition(files: Mapping[str, Mapping[str, Any]]) -> Edition:
    """Return the edition of content that is at hand, by file name; the content is not checked.

    Content from disk comes through `guidance.engine.content.read`, which checks it.
    """
    about = files["edition"]
    return Edition(
        version=about["version"],
        hash=content_hash(files),
        title=about["title"],
        date=about["date"],
        sources=tuple(about["sources"]),
        content=files,
        dictionary=load_dictionary(files["facts"]),
        catalogue=load_catalogue(files["scenarios"]),
        contradictions=load_contradictions(files["contradictions"]),
        ratings=load_ratings(
            files["procedures"], files["ratings"], files["substitutions"], files["protocols"]
        ),
        branches=load_branches(files["branches"], files["actions"]),
        intervals=load_intervals(files["intervals"]),
        board=load_board_rules(files["escalations"]),
        checks=load_checks(files["checks"]),
        checklists=load_checklists(files["checklists"]),
        headlines={entry["scenario"]: entry for entry in files["headlines"]["headlines"]},
        explanations=files["explanations"],
    )


@functools.cache
def _load(version: str) -> Edition:
    return compile_edition({name: content.read(version, name) for name in FILES})


def load_edition(version: str | None = None) -> Edition:
    """Return an edition from disk, the newest when no version is named; loaded once per process.

    Raises `guidance.engine.content.ContentError` for an unknown version or broken content.
    """
    return _load(version or content.DEFAULT_VERSION)
