"""CodeSystems: the codes of an edition with their words, so that every coding resolves."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guidance.fhir.publication import Publication

KIND = "CodeSystem"
TITLES = {
    "scenario": "Clinical scenarios of the guidance",
    "procedure": "Imaging studies of the guidance",
    "rating": "Ratings of imaging studies",
    "branch": "What a result shows",
    "action": "Actions and options after a result",
    "interval": "Follow-up rules",
    "board-reason": "Reasons for the tumor board",
    "check": "Checks of the guidance",
}


def code_systems(publication: Publication) -> Iterator[dict[str, Any]]:
    """Yield the code systems of an edition."""
    for name, title in TITLES.items():
        concepts = list(_concepts(name, publication.edition.content))
        head = publication.head(KIND, name, title, f"{title}; in the product's own words.")
        yield {
            **head,
            "caseSensitive": True,
            "content": "complete",
            "count": len(concepts),
            "concept": [{"code": code, "display": display} for code, display in concepts],
        }


def _concepts(name: str, content: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    if name == "rating":
        return content["ratings"]["labels"].items()
    file, key, code, display = {
        "scenario": ("scenarios", "scenarios", "id", "name"),
        "procedure": ("procedures", "procedures", "code", "name"),
        "branch": ("branches", "branches", "id", "trigger"),
        "action": ("actions", "actions", "code", "text"),
        "interval": ("intervals", "intervals", "id", "text"),
        "board-reason": ("escalations", "escalations", "code", "text"),
        "check": ("checks", "checks", "code", "text"),
    }[name]
    found: dict[str, str] = {}
    for entry in content[file][key]:
        found.setdefault(entry[code], entry[display])
    return found.items()
