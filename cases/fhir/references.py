"""References to people, moments, and what R4 has no element for."""

import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cases.fhir.source import reference

Json = dict[str, Any]


def person(key: UUID, name: str = "") -> Json:
    """Somebody of the institution, by the name that the row or their account has."""
    found: Json = reference("Practitioner", key)
    return {**found, "display": name} if name else found


def instant(at: datetime.datetime) -> str:
    """A moment with its offset."""
    return at.isoformat()


def extension(name: str, **value: Any) -> Json:
    """What a row says and R4 has no element for, under an address of ours."""
    return {"url": f"{settings.SITE_URL.rstrip('/')}/fhir/StructureDefinition/{name}", **value}
