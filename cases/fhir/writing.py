"""Create, update and delete of one resource, from its check to what is kept of it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from django.db.models import Model

from cases.fhir import found as resources
from cases.fhir.acceptance.accepting import accept, accept_anew
from cases.fhir.acceptance.belonging import belonging_of
from cases.fhir.acceptance.kinds import writer_of
from cases.fhir.caller import Caller
from cases.fhir.documents import Documents, parsed
from cases.fhir.found import Found
from cases.fhir.keeping import Json
from cases.fhir.linking import dangling, localized
from cases.fhir.outcome import (
    BadRequest,
    Conflicting,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    Unprocessable,
)
from cases.fhir.registry import sources
from cases.fhir.storing import home_of, keep, keep_alone
from cases.models import FhirDocument
from cases.r4.issue import Code, Issue
from cases.r4.judging import faults
from cases.services import fhir_documents
from cases.services.row_versions import lock_row

#: Faults of what a resource says, not of how it is written.
OF_CONTENT = frozenset({Code.CODE_INVALID, Code.INVARIANT})
A_VALUE = "This is one value of {type}/{id}. Correct it there."
OLDER = "The resource is at version {now} by now; If-Match names another."


class Written(NamedTuple):
    """What a write left behind."""

    resource: Json
    is_new: bool
    #: What could not be read, or has no place here; kept all the same.
    notes: Sequence[Issue] = ()

    @property
    def status(self) -> int:
        """200, or 201 for what is new."""
        return HTTPStatus.CREATED if self.is_new else HTTPStatus.OK

    @property
    def name(self) -> str:
        """The resource with its version, as it stands behind the server's address."""
        said = self.resource
        return f"{said['resourceType']}/{said['id']}/_history/{self.version}"

    @property
    def version(self) -> str:
        """The number of its version."""
        return str(self.resource["meta"]["versionId"])


def judge(resource: Any, *, resource_type: str, path: str = "") -> None:
    """Refuse what is no resource of this type.

    Args:
        path: where it stands, if not alone.

    Raises:
        BadRequest: it is no resource of R4, or of another type.
        Unprocessable: it is one, and says what R4 does not allow to be said.
    """
    found = faults(resource, path=path)
    if found:
        is_content = all(issue.code in OF_CONTENT for issue in found)
        raise (Unprocessable if is_content else BadRequest)(issues=found)
    if resource["resourceType"] != resource_type:
        where = f"{path}.resourceType" if path else "resourceType"
        message = f"The address is of {resource_type}."
        raise BadRequest(message, where, code=Code.INVALID)


def create(resource: Json, caller: Caller, *, path: str = "") -> Written:
    """Write a resource that was judged, under an id that the server gives.

    Args:
        path: where it stands, if not alone.

    Raises:
        Unprocessable: it refers to what is not here.
        ServiceError: the record does not take it.
    """
    resource = _linked(resource, caller, path)
    accepted = accept(resource, by=caller.person)
    home = home_of(resource, accepted.rows)
    if (
        home is not None
        and FhirDocument.objects.filter(
            resource_type=resource["resourceType"], resource_id=home[0].id_of(home[1])
        ).exists()
    ):
        # Another resource says so already; this one stands beside it, under an id of its own.
        home = None
    key = keep(resource, accepted.whose, home, by=caller.person)
    return Written(read_back(resource["resourceType"], key), True, accepted.notes)


def update(there: Found, resource: Json, caller: Caller, *, path: str = "") -> Written:
    """Write a resource that was judged over the one that is there, which the caller locked.

    Raises:
        BadRequest: it says another id.
        ServiceError: the record does not take it.
    """
    type_, key = there.key
    if resource.get("id") != key:
        where = f"{path or type_}.id"
        raise BadRequest("The id must be the one of the address.", where, code=Code.INVALID)
    resource = _linked(resource, caller, path)
    if there.source is None:
        raise NotAllowed("This is published and not written.")
    kept = FhirDocument.objects.filter(resource_type=type_, resource_id=key).first()
    if isinstance(there.source, Documents):
        keep_alone(resource, belonging_of(resource), by=caller.person, key=key)
        return Written(read_back(type_, key), False)
    former = parsed(kept.document) if kept and kept.document else {}
    accepted = accept_anew(there.row, former, resource, by=caller.person)
    if not accepted.rows:
        if kept is not None:
            fhir_documents.remove(document=kept, by=caller.person)
        return Written(_as_sent(resource, there), False, accepted.notes)
    keep(resource, accepted.whose, (there.source, accepted.rows[0]), by=caller.person)
    found = read_back(type_, key)
    if found["meta"]["versionId"] == there.resource["meta"]["versionId"]:
        fhir_documents.note_version(there.row)
        found = read_back(type_, key)
    return Written(found, False, accepted.notes)


def delete(there: Found, caller: Caller) -> None:
    """Take back a resource that was entered by mistake; its history stays.

    Raises:
        Conflicting: it is one value of something else.
        NotAllowed: the record keeps such rows.
        ServiceError: the state of things does not allow it.
    """
    type_, key = there.key
    kept = FhirDocument.objects.filter(resource_type=type_, resource_id=key).first()
    if not isinstance(there.source, Documents):
        writer = writer_of(there.row) if there.source else None
        if writer is None or there.source is None:
            raise NotAllowed("This is not taken back by FHIR.")
        if there.source.suffix:
            whole = type(there.row).__name__
            raise Conflicting(A_VALUE.format(type=whole, id=there.row.pk))
        writer.remove(there.row, by=caller.person)
    if kept is not None:
        fhir_documents.remove(document=kept, by=caller.person)


def locked(resource_type: str, resource_id: str) -> Found:
    """The resource that an address names, under the lock under which it is written.

    Raises:
        NotFound: the caller knows of none.
    """
    there = first(resource_type, resource_id)
    if there.row is not None:
        lock(there.row)
        # What somebody else wrote while this one waited counts.
        there = first(resource_type, resource_id)
    return there


def lock(row: Model) -> None:
    """Lock what services lock before they write into a row; a document of nobody by itself."""
    if isinstance(row, FhirDocument):
        list(FhirDocument.objects.select_for_update().filter(pk=row.pk).values_list("pk"))
    else:
        lock_row(row)


def first(resource_type: str, resource_id: str) -> Found:
    """The resource that an address names.

    Raises:
        NotFound: the caller knows of none.
    """
    found = resources.named(resource_type, [resource_id])
    if not found:
        raise NotFound("There is no such resource in this institution.")
    return found[0]


def check_version(there: Found, if_match: str | None) -> None:
    """Refuse to write over a version that the caller has not seen.

    Args:
        if_match: the header; None where none was sent.

    Raises:
        BadRequest: it is none of ours.
        PreconditionFailed: it names another version.
    """
    if if_match is None:
        return
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()):
        raise BadRequest('Give the version as W/"3".', "http.If-Match", code=Code.VALUE)
    now = there.resource["meta"]["versionId"]
    if number != now:
        raise PreconditionFailed(OLDER.format(now=now), "http.If-Match")


def read_back(resource_type: str, resource_id: str) -> Json:
    """A resource that was just written, as it leaves."""
    return first(resource_type, resource_id).resource


def _linked(resource: Json, caller: Caller, path: str) -> Json:
    """The resource with references to this server as such, all of which are here."""
    resource = localized(resource, base=caller.base)
    gone = dangling(resource, path=path or resource["resourceType"], missing=missing)
    if gone:
        raise Unprocessable(issues=gone)
    return resource


def missing(named: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of types and ids, those of which the caller knows nothing."""
    gone = set()
    for type_ in {each[0] for each in named}:
        ids = {key for other, key in named if other == type_}
        here = {
            source.id_of(row)
            for source in sources(type_)
            if any(source.row_id(key) is not None for key in ids)
            for row in source.named(ids)
        }
        here |= {each.resource["id"] for each in resources.of_published(type_)}
        gone |= {(type_, key) for key in ids - here}
    return gone


def _as_sent(resource: Json, there: Found) -> Json:
    """What was taken back, once more, under the version that it had."""
    return {**resource, "meta": {**resource.get("meta", {}), **there.resource["meta"]}}
