"""What another edition says differently, in clinical words."""

from collections.abc import Iterable, Mapping
from typing import Any

from guidance.editions.changes import changes
from guidance.editions.phrasing import SOURCE, TEXT, Line, line_of
from guidance.editions.words import Words
from guidance.engine.edition import Edition

#: What each file of an edition is about, in the order in which differences are read.
TITLES: Mapping[str, str] = {
    "ratings": "Ratings",
    "substitutions": "Substitutions",
    "branches": "What follows a result",
    "actions": "Actions",
    "intervals": "Intervals",
    "escalations": "Reasons for the board",
    "checks": "Checks",
    "scenarios": "The way to a scenario",
    "contradictions": "Contradictions",
    "protocols": "Protocols",
    "procedures": "Studies",
    "facts": "Facts",
    "checklists": "Reading checklists",
    "headlines": "Ratings from beyond the sources",
    "eligibility": "Eligibility hints",
    "classification": "Classification",
    "response": "Response and growth",
    "prognosis": "Prognostic features",
    "performance": "Diagnostic performance",
    "reports": "Report content",
    "disagreements": "Where sources differ",
    "ambiguities": "Choices of this product",
    "uncovered": "Not covered",
    "explanations": "Words of the engine",
    "edition": "The edition itself",
}


def difference(before: Edition, after: Edition) -> dict[str, Any]:
    """Return what `after` says differently than `before`, as JSON-able values.

    Keys: `before` and `after` (version, hash, title, date); `scenarios` and `general`, lists of
    `{id, name, changes}` by scenario and by what else it concerns; `sources` and `texts`, lists
    of changes in nothing but a citation or a wording; `count` of all changes. A change is
    `{change, kind, subject, aspect, before, after, text}`, as `phrasing.Line` has them. Where
    the hashes differ `count` is not 0.
    """
    old, new = Words(before), Words(after)
    lines = [line_of(change, old, new) for change in changes(before.content, after.content)]
    told = sorted((line for line in lines if line.kind not in (SOURCE, TEXT)), key=_rank)
    names = {
        scenario.id: scenario.name
        for edition in (before, after)
        for scenario in edition.catalogue.scenarios.values()
    }
    return {
        "before": _about(before),
        "after": _about(after),
        "scenarios": [
            _group(id_, name, (line for line in told if id_ in line.scenarios))
            for id_, name in sorted(names.items())
            if any(id_ in line.scenarios for line in told)
        ],
        "general": [
            _group(file, title(file), (line for line in told if _is_general(line, file)))
            for file in dict.fromkeys(line.file for line in told if not line.scenarios)
        ],
        "sources": [line.as_json() for line in lines if line.kind == SOURCE],
        "texts": [line.as_json() for line in lines if line.kind == TEXT],
        "count": len(lines),
    }


def title(file: str) -> str:
    """What a file of an edition is about; one that is newer than this software by its name."""
    return TITLES.get(file, file.replace("_", " ").capitalize())


def _rank(line: Line) -> int:
    order = list(TITLES)
    return order.index(line.file) if line.file in TITLES else len(order)


def _is_general(line: Line, file: str) -> bool:
    return line.file == file and not line.scenarios


def _group(id_: str, name: str, lines: Iterable[Line]) -> dict[str, Any]:
    return {"id": id_, "name": name, "changes": [line.as_json() for line in lines]}


def _about(edition: Edition) -> dict[str, str]:
    return {
        "version": edition.version,
        "hash": edition.hash,
        "title": edition.title,
        "date": edition.date,
    }
