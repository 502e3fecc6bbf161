"""What the status of a resource lets its reader take from it."""

from collections.abc import Mapping

from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource

#: Statuses under which a resource says nothing.
SILENT: Mapping[str, str] = {
    "entered-in-error": "It was entered in error.",
    "cancelled": "It was cancelled.",
    "revoked": "It was revoked.",
    "registered": "It is registered, and there is no result yet.",
    "not-done": "It was not done.",
    "not-taken": "It was not taken.",
    "preparation": "It is prepared and not done yet.",
}
#: Statuses under which it is read, and which is told.
UNSURE: Mapping[str, str] = {
    "preliminary": "This is preliminary.",
    "partial": "This is a part; more will follow.",
    "unknown": "Its status is not known to the sender.",
}


def is_said(resource: Resource, *, unless: frozenset[str] = frozenset()) -> bool:
    """Whether what the resource says holds; what its status says against it is told.

    Args:
        unless: statuses that silence others and not this type.
    """
    status = resource.root.text("status")
    part = resource.root.at("status")
    if status in SILENT and status not in unless:
        silence(resource, part, SILENT[status])
        return False
    if status in UNSURE:
        part.tell(UNSURE[status])
    return True


def silence(resource: Resource, part: Part, reason: str) -> None:
    """Say that nothing of the resource holds, and why; what stands in it is not told again."""
    part.tell(reason)
    resource.is_silent = True
