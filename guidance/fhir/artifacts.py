"""Sources, ratings and other words beside a definition, as related artifacts."""

import re
from typing import Any

from guidance.engine.edition import Edition

DOCUMENT = re.compile(r"(\d{3}) (.+)")
REGISTERS = {"A": "Product decision", "N": "Disagreement between or within the sources"}


def citations(source: str, edition: Edition) -> list[dict[str, Any]]:
    """Return one artifact for each part of a citation such as `002 L35, L45; BS; A-01`."""
    return [_citation(part, edition) for part in source.split("; ")]


def _citation(part: str, edition: Edition) -> dict[str, Any]:
    match = DOCUMENT.fullmatch(part)
    if match is None:
        markers = edition.content["edition"]["markers"]
        return documentation(part, str(markers.get(part, REGISTERS.get(part[0], part))))
    tag, lines = match.groups()
    document = next(entry for entry in edition.sources if entry["tag"] == tag)
    return {
        "type": "citation",
        "label": part,
        "display": document["title"],
        "citation": f"{document['title']}. {document['kind']}. {document['file']}, {lines}.",
    }


def documentation(label: str, display: str, resource: str | None = None) -> dict[str, Any]:
    """Return words about a definition, with the canonical of what they speak of if there is one."""
    artifact = {"type": "documentation", "label": label, "display": display}
    return artifact if resource is None else {**artifact, "resource": resource}
