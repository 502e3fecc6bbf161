"""What FHIR R4 resources say, in our words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cases.readings.fhir import (
    allergies,
    conditions,
    devices,
    imaging,
    medications,
    observations,
    orders,
    patients,
    procedures,
    reports,
    specimens,
)
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.notebook import Notebook
from cases.readings.reading import Read, Unread
from cases.terminology.codes import NO_LOCAL_CODES, LocalCodes

__all__ = ["READ", "read", "read_all"]

#: Resource type -> how it is read.
READ: Mapping[str, Callable[[Resource], None]] = {
    "AllergyIntolerance": allergies.read,
    "Condition": conditions.read,
    "Device": devices.read,
    "DiagnosticReport": reports.read,
    "ImagingStudy": imaging.read,
    "MedicationAdministration": medications.read_statement,
    "MedicationRequest": medications.read_request,
    "MedicationStatement": medications.read_statement,
    "Observation": observations.read,
    "Patient": patients.read,
    "Procedure": procedures.read,
    "ServiceRequest": orders.read,
    "Specimen": specimens.read,
}
NOT_READ = "Resources of this type are not read."
NO_RESOURCE = "This is not a resource."
MODIFIED = "It may mean something else by an extension that is not known here; nothing was read."
#: Elements that hold resources of their own.
CONTAINED = "contained"
UNNAMED = "Resource"


def read(resource: Any, *, local: LocalCodes = NO_LOCAL_CODES) -> Read:
    """What one resource says, and those that it contains; the entries of a Bundle.

    Never raises, whatever JSON it is given.

    Args:
        resource: as `json` has read it; decimals as float or Decimal.
        local: what the institution's own codes stand for.
    """
    return read_all([resource], local=local)


def read_all(resources: Iterable[Any], *, local: LocalCodes = NO_LOCAL_CODES) -> Read:
    """What several resources of one message say, which may refer to one another."""
    every = [one for resource in resources for one in _unpacked(resource)]
    others = _by_address(every)
    each = [_read_one(resource, others=others, local=local) for resource in every]
    return Read(
        tuple(reading for one in each for reading in one.readings),
        tuple(unread for one in each for unread in one.unread),
    )


def _read_one(given: Any, *, others: Mapping[str, Any], local: LocalCodes) -> Read:
    if not isinstance(given, dict) or not isinstance(given.get("resourceType"), str):
        return Read(unread=(Unread(UNNAMED, NO_RESOURCE),))
    contained = given.get(CONTAINED)
    inner = contained if isinstance(contained, list) else []
    at_hand = {**others, **{f"#{_id(one)}": one for one in inner if _id(one)}}
    kind = given["resourceType"]
    origin = "/".join(part for part in (kind, _id(given)) if part)
    notebook = Notebook(origin)
    resource = Resource(Part(given, kind, notebook), origin, notebook, local, at_hand)
    _read_into(resource, given)
    whole = notebook.read()
    for place, one in enumerate(inner):
        path = f"{kind}.{CONTAINED}[{place}]"
        whole += _read_contained(one, path, resource)
    return whole


def _read_contained(given: Any, path: str, outer: Resource) -> Read:
    """A contained resource; of a kind that only adds to the one around it, nothing is told."""
    kind = given.get("resourceType") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in READ:
        return Read()
    origin = f"{outer.origin}#{_id(given)}"
    notebook = Notebook(origin)
    root = Part(given, path, notebook)
    inner = Resource(root, origin, notebook, outer.local, outer.others, outer.subject)
    _read_into(inner, given)
    return notebook.read()


def _read_into(resource: Resource, given: Mapping[str, Any]) -> None:
    reader = READ.get(given["resourceType"])
    if reader is None:
        resource.root.tell(NOT_READ)
    elif given.get("modifierExtension"):
        resource.root.at("modifierExtension").tell(MODIFIED)
    else:
        resource.root.at(CONTAINED)
        reader(resource)
        # The reference to the patient is asked for, whatever the reader needed of it.
        resource.subject  # noqa: B018
        if not resource.is_silent:
            resource.root.tell_rest()


def _unpacked(resource: Any) -> list[Any]:
    """A resource, or those of a Bundle; a bundle within a bundle stays closed."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        return [resource]
    entries = resource.get("entry")
    if not isinstance(entries, list):
        return []
    return [
        entry["resource"]
        for entry in entries
        if isinstance(entry, dict) and entry.get("resource") is not None
    ]


def _by_address(resources: Iterable[Any]) -> dict[str, Any]:
    return {
        f"{one['resourceType']}/{_id(one)}": one
        for one in resources
        if isinstance(one, dict) and isinstance(one.get("resourceType"), str) and _id(one)
    }


def _id(resource: Any) -> str:
    given = resource.get("id") if isinstance(resource, dict) else None
    return given if isinstance(given, str) else ""
