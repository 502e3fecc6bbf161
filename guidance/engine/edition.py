"""An edition of the guidance: its content, compiled once, with version and hash."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine import content
from guidance.engine.ambiguities import Ambiguity, load_ambiguities
from guidance.engine.board import BoardRules, load_board_rules
from guidance.engine.branches import BranchTable, load_branches
from guidance.engine.checklists import Checklist, load_checklists
from guidance.engine.checks import Check, load_checks
from guidance.engine.contradictions import Contradiction, load_contradictions
from guidance.engine.dictionary import FactDefinition, load_dictionary
from guidance.engine.disagreements import Disagreement, load_disagreements
from guidance.engine.eligibility_rule import Rule, load_eligibility
from guidance.engine.intervals import IntervalTable, load_intervals
from guidance.engine.markers import MarkerRule, load_markers
from guidance.engine.notes import SubstitutionNote, load_notes
from guidance.engine.ratings import RatingTable, load_ratings
from guidance.engine.scenario import Catalogue, load_catalogue
from guidance.engine.tables import FILES as TABLE_FILES
from guidance.engine.tables import Table, load_tables
from guidance.engine.uncovered import Gap, load_uncovered


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable version of the guidance content.

    `hash` is the SHA-256 of the canonical content. `content` holds the raw files by name
    for pages that show the library; it is shared and read-only. `tables` holds the reference
    tables by file name, an empty tuple for a file that the edition does not have; so do the
    registers `disagreements`, `ambiguities` and `uncovered`.
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
    markers: MarkerRule
    eligibility: tuple[Rule, ...]
    headlines: Mapping[str, Mapping[str, str]]
    explanations: Mapping[str, Any]
    tables: Mapping[str, tuple[Table, ...]]
    substitution_notes: tuple[SubstitutionNote, ...]
    disagreements: tuple[Disagreement, ...]
    ambiguities: tuple[Ambiguity, ...]
    uncovered: tuple[Gap, ...]


def content_hash(files: Mapping[str, Any]) -> str:
    """Return the SHA-256 of content, independent of comments, spacing and key order."""
    canonical = json.dumps(files, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def compile_edition(files: Mapping[str, Mapping[str, Any]]) -> Edition:
    """Return the edition of content that is at hand, by file name; the content is not checked.

    Content from disk comes through `guidance.engine.content.read_edition`, which checks it.
    Content in a database outlives the software that loaded it: what was added to editions
    since may be lacking, and is then empty.
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
        markers=load_markers(files["checklists"]),
        eligibility=load_eligibility(files.get("eligibility", {})),
        headlines={entry["scenario"]: entry for entry in files["headlines"]["headlines"]},
        explanations=files["explanations"],
        tables={name: load_tables(files.get(name, {})) for name in TABLE_FILES},
        substitution_notes=load_notes(files["substitutions"]),
        disagreements=load_disagreements(files.get("disagreements", {})),
        ambiguities=load_ambiguities(files.get("ambiguities", {})),
        uncovered=load_uncovered(files.get("uncovered", {})),
    )


@functools.cache
def _load(version: str) -> Edition:
    return compile_edition(content.read_edition(version))


def load_edition(version: str | None = None) -> Edition:
    """Return an edition from disk, the newest when no version is named; loaded once per process.

    Raises `guidance.engine.content.ContentError` for an unknown version or broken content.
    """
    return _load(version or content.DEFAULT_VERSION)
