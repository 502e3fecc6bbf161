"""Each write that a request or an entry of a bundle asks for: its right, its condition, itself."""

from http import HTTPStatus
from typing import Any

from cases.fhir import writing
from cases.fhir.bounds import check_bounds, too_deep
from cases.fhir.caller import Caller
from cases.fhir.conditions import criteria_of, match
from cases.fhir.documents import parsed
from cases.fhir.formats import encoded
from cases.fhir.found import Found
from cases.fhir.json_patch import DoesNotFit, Malformed, patched
from cases.fhir.keeping import Json
from cases.fhir.outcome import (
    BadRequest,
    Conflicting,
    FhirError,
    NotFound,
    NotSupported,
    Unprocessable,
)
from cases.fhir.reading import headers_of as version_headers
from cases.fhir.registry import sources
from cases.fhir.versions import versions_of
from cases.fhir.writing import Written
from cases.r4.issue import Code

#: The header of a conditional create.
IF_NONE_EXIST = "If-None-Exist"
NOT_BY_ID = (
    "The server gives the ids: nothing is made by PUT. Send it by POST, with If-None-Exist so that "
    "it is made once."
)


def create_once(
    resource: Json, condition: str | None, caller: Caller, *, path: str = ""
) -> Written:
    """Create a resource unless one that meets the condition is here.

    Raises:
        PreconditionFailed: several meet it.
    """
    type_ = resource["resourceType"]
    caller.check(type_, "c")
    if condition is not None:
        where = f"http.{IF_NONE_EXIST}"
        there = match(type_, criteria_of(condition, where=where), caller, where=where)
        if there is not None:
            return Written(there.resource, False)
    return writing.create(resource, caller, path=path)


def put(
    resource: Json, resource_id: str, caller: Caller, if_match: str | None, *, path: str = ""
) -> Written:
    """Update a resource.

    Raises:
        NotSupported: there is none; the server gives the ids.
        PreconditionFailed: it is at another version.
    """
    type_ = resource["resourceType"]
    caller.check(type_, "u")
    try:
        there = writing.locked(type_, resource_id)
    except NotFound:
        raise _not_made() from None
    writing.check_version(there, if_match)
    return writing.update(there, resource, caller, path=path)


def patch(
    operations: Any, resource_type: str, resource_id: str, caller: Caller, if_match: str | None
) -> Written:
    """Update a resource as it is read, with the operations of a JSON Patch done to it.

    Raises:
        NotFound: there is none.
        PreconditionFailed: it is at another version.
        BadRequest: it is no patch.
        Conflicting: an operation does not fit what is there.
        Unprocessable: what comes of it is no resource of the type, or larger than one may be.
    """
    caller.check(resource_type, "u")
    there = writing.locked(resource_type, resource_id)
    writing.check_version(there, if_match)
    # As it leaves: dates as text, numbers as they are written.
    now = parsed(encoded(there.resource))
    try:
        resource = patched(now, operations)
    except Malformed as error:
        raise BadRequest(str(error), error.place, code=Code.STRUCTURE) from None
    except DoesNotFit as error:
        raise Conflicting(str(error), error.place) from None
    except RecursionError:
        raise too_deep() from None
    check_bounds(resource)
    try:
        writing.judge(resource, resource_type=resource_type)
    except BadRequest as error:
        # The patch itself can be read; it is what comes of it that is wrong.
        raise Unprocessable(issues=error.issues) from None
    if resource.get("id") != now["id"]:
        raise Unprocessable("A patch leaves the id as it is.", f"{resource_type}.id")
    return writing.update(there, resource, caller)


def put_where(
    resource: Json,
    condition: str,
    caller: Caller,
    if_match: str | None,
    *,
    path: str = "",
    is_address: bool = False,
) -> Written:
    """Update the one resource that meets a condition; create it where none does."""
    type_ = resource["resourceType"]
    caller.check(type_, "u")
    given = criteria_of(condition, where="http.query")
    there = match(type_, given, caller, where="http.query", is_address=is_address)
    if there is None:
        if "id" in resource:
            raise _not_made()
        return create_once(resource, None, caller, path=path)
    locked = writing.locked(*there.key)
    writing.check_version(locked, if_match)
    if resource.get("id", locked.resource["id"]) != locked.resource["id"]:
        message = "The resource that meets the condition has another id."
        raise BadRequest(message, f"{path or type_}.id", code=Code.INVALID)
    whole = {**resource, "id": locked.resource["id"]}
    return writing.update(locked, whole, caller, path=path)


def delete(resource_type: str, resource_id: str, caller: Caller, if_match: str | None) -> None:
    """Take a resource back; one that was taken back already stays so.

    Raises:
        NotFound: the caller never knew of one.
    """
    caller.check(resource_type, "d")
    try:
        there = writing.locked(resource_type, resource_id)
    except NotFound:
        if any(versions_of(source, resource_id) for source in sources(resource_type)):
            return
        raise
    writing.check_version(there, if_match)
    writing.delete(there, caller)


def delete_where(
    resource_type: str, condition: str, caller: Caller, *, is_address: bool = False
) -> Found | None:
    """Take back the one resource that meets a condition; nothing where none does."""
    caller.check(resource_type, "d")
    given = criteria_of(condition, where="http.query")
    there = match(resource_type, given, caller, where="http.query", is_address=is_address)
    if there is not None:
        there = writing.locked(*there.key)
        writing.delete(there, caller)
    return there


def headers_of(written: Written, *, base: str) -> dict[str, str]:
    """Version, time and, of what is new, the address."""
    place = "Location" if written.is_new else "Content-Location"
    return {**version_headers(written.resource), place: f"{base}/{written.name}"}


def _not_made() -> FhirError:
    error = NotSupported(NOT_BY_ID)
    error.status = HTTPStatus.METHOD_NOT_ALLOWED
    return error
