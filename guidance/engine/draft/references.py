"""Names and sources in the content: whether what they speak of is there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guidance.engine.draft.vocabulary import DEFINED, Draft, defined, mappings, texts
from guidance.engine.places import Document
from guidance.engine.problems import ContentProblem
from guidance.engine.schema import Named

#: What the kinds are called in a message.
WORDS: Mapping[str, str] = {
    "fact_name": "fact of facts.yaml",
    "fact_group": "group of facts.yaml",
    "scenario_id": "scenario of scenarios.yaml",
    "hint_id": "hint of scenarios.yaml",
    "reason": "reason under not_covered in scenarios.yaml",
    "procedure_code": "procedure of procedures.yaml",
    "branch_id": "branch of branches.yaml",
    "action_code": "action of actions.yaml",
    "interval_id": "rule of intervals.yaml",
    "escalation_code": "escalation of escalations.yaml",
    "check_code": "check of checks.yaml",
    "disagreement_id": "entry of disagreements.yaml",
    "ambiguity_id": "entry of ambiguities.yaml",
    "rule_id": "rule, protocol or row of this edition",
    "not_covered": "reason under not_covered in scenarios.yaml",
    "outcome": "result that the fact study_outcome can have",
    "modality": "value of the fact study_modality",
    "phase": "value of the fact ordered_phases",
}
REGISTERS: Mapping[str, str] = {"N-": "disagreement_id", "A-": "ambiguity_id"}
CITATION = re.compile(r"^([0-9]{3}) (L[0-9]+(?:-L[0-9]+)?(?:, L[0-9]+(?:-L[0-9]+)?)*)$")


def vocabulary(draft: Draft) -> dict[str, frozenset[str]]:
    """Return all that the edition defines by kind; a kind of which it defines nothing is left out.

    So a register that is still empty refuses no name, and neither does a kind of which not every
    file could be read.
    """
    found = {
        kind: frozenset(defined(draft, kind))
        for kind in WORDS
        if all(name in draft for name, _ in DEFINED.get(kind, ()))
    }
    return {kind: names for kind, names in found.items() if names}


def find_unknown_name(
    document: Document, named: Named, known: Mapping[str, frozenset[str]]
) -> Iterator[ContentProblem]:
    """Yield a problem where a value names what the edition does not define."""
    names = known.get(named.kind)
    if names is not None and isinstance(named.value, str) and named.value not in names:
        text = f"{named.value} is no {WORDS[named.kind]}"
        yield document.problem(named.path, text, key=named.is_key)


@dataclass(frozen=True, slots=True)
class Sources:
    """What edition.yaml lists: how many lines each document has, by its tag, and the markers."""

    lines: Mapping[str, int]
    markers: frozenset[str]

    @classmethod
    def of(cls, draft: Draft) -> "Sources | None":
        """Return the sources of an edition, None where its list cannot be read."""
        found = {
            raw.get("tag"): raw.get("lines") for _, raw in mappings(draft, "edition", "sources/*")
        }
        lines = {tag: last for tag, last in found.items() if tag and isinstance(last, int)}
        markers = frozenset(marker for _, marker in texts(draft, "edition", "markers/~"))
        return cls(lines, markers) if lines else None


def find_bad_source(
    document: Document, named: Named, known: Mapping[str, frozenset[str]], sources: Sources | None
) -> Iterator[ContentProblem]:
    """Yield what is wrong with a source: a document, line, entry or marker that there is not."""
    for part in str(named.value).split("; "):
        citation = CITATION.match(part)
        if part[:2] in REGISTERS:
            entry = Named(REGISTERS[part[:2]], named.path, part, is_key=False)
            yield from find_unknown_name(document, entry, known)
        elif sources is None:
            continue
        elif citation:
            wrong = _wrong_lines(citation, sources.lines)
            yield from (document.problem(named.path, f"source: {text}") for text in wrong)
        elif part.isalpha() and part not in sources.markers:
            yield document.problem(named.path, f"source: {part} is no marker of edition.yaml")


def _wrong_lines(citation: re.Match[str], documents: Mapping[str, int]) -> Iterator[str]:
    tag, ranges = citation.groups()
    if tag not in documents:
        yield f"{tag} is no source of edition.yaml"
        return
    for found in ranges.split(", "):
        first, _, last = found.replace("L", "").partition("-")
        if not 1 <= int(first) <= int(last or first) <= documents[tag]:
            yield f"{tag} {found}: the document has the lines 1 to {documents[tag]}"
