"""An edition as a FHIR R4 bundle, and as bytes that never differ for the same edition."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guidance.engine.edition import Edition
from guidance.fhir.activities import activities
from guidance.fhir.plans import plans
from guidance.fhir.publication import Publication
from guidance.fhir.vocabulary import code_systems

MEDIA_TYPE = "application/fhir+json"


def resources(edition: Edition, base: str) -> Iterator[dict[str, Any]]:
    """Yield every resource of an edition: plans, activities, code systems.

    Args:
        base: the address below which they are published, without a slash at its end.
    """
    publication = Publication(edition, base)
    yield from plans(publication)
    yield from activities(publication)
    yield from code_systems(publication)


def bundle(edition: Edition, base: str) -> dict[str, Any]:
    """Return all resources of an edition as one collection, identified by its content hash."""
    return {
        "resourceType": "Bundle",
        "id": f"guidance-{edition.version}",
        "identifier": {"system": f"{base}/edition", "value": edition.hash},
        "type": "collection",
        "entry": [
            {"fullUrl": resource["url"], "resource": resource}
            for resource in resources(edition, base)
        ],
    }


def find(edition: Edition, base: str, kind: str, identity: str) -> dict[str, Any] | None:
    """Return one resource by type and id, or None."""
    for resource in resources(edition, base):
        if (resource["resourceType"], resource["id"]) == (kind, identity):
            return resource
    return None


def as_bytes(resource: Mapping[str, Any]) -> bytes:
    """Return a resource as JSON in UTF-8, its members in the order in which it was made."""
    return (json.dumps(resource, ensure_ascii=False, indent=2) + "\n").encode()
