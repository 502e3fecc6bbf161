"""`$validate`: everything that a write would look at first, without the write."""

from typing import Any

from cases.fhir import writing
from cases.fhir.acceptance.accepting import notes_of
from cases.fhir.caller import Caller
from cases.fhir.keeping import Json
from cases.fhir.linking import dangling, localized
from cases.fhir.outcome import BadRequest
from cases.fhir.subscriptions.reading import wish_of
from cases.r4.issue import Code, Issue
from cases.r4.judging import faults

MODES = ("create", "update", "delete", "profile")
RESOURCE = "resource"


def judged(data: Any, resource_type: str, resource_id: str, caller: Caller) -> list[Issue]:
    """What is wrong with a resource, and what of it has no place here; empty where all is well.

    Args:
        data: the resource, or Parameters with it, as the operation takes both.
        resource_id: the resource that it would be written over; empty for none.

    Raises:
        BadRequest: there is no resource in it.
        NotFound: there is none to write over.
    """
    resource, mode = _unpacked(data)
    if resource_id:
        writing.first(resource_type, resource_id)
    if resource is None and mode == "delete":
        return []
    if resource is None:
        raise BadRequest("Send a resource, or Parameters with one.", RESOURCE, code=Code.REQUIRED)
    found = faults(resource)
    if found:
        return found
    if resource["resourceType"] != resource_type:
        return [Issue(Code.INVALID, f"The address is of {resource_type}.", ("resourceType",))]
    if resource_id and mode == "update" and resource.get("id") != resource_id:
        where = (f"{resource_type}.id",)
        return [Issue(Code.INVALID, "The id must be the one of the address.", where)]
    if resource_type == "Subscription":
        wish_of(resource, base=caller.base)
        return []
    linked: Json = localized(resource, base=caller.base)
    gone = dangling(linked, path=resource_type, missing=writing.missing)
    return [*gone, *notes_of(linked)]


def _unpacked(data: Any) -> tuple[Any, str]:
    """The resource and the mode that Parameters may say."""
    if not isinstance(data, dict) or data.get("resourceType") != "Parameters":
        return data, "update" if isinstance(data, dict) and "id" in data else "create"
    issues = faults(data)
    if issues:
        raise BadRequest(issues=issues)
    given = {each["name"]: each for each in data.get("parameter", [])}
    mode = given.get("mode", {}).get("valueCode", "create")
    if mode not in MODES:
        raise BadRequest(f"Choose one of {', '.join(MODES)}.", "mode", code=Code.VALUE)
    return given.get(RESOURCE, {}).get(RESOURCE), mode
