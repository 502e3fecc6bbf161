"""What is wrong, as an OperationOutcome: every refusal of the FHIR server, translated in one place.

`FhirError` carries issues and a status. The services' errors and the framework's become the same.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cases.r4.issue import Code, Issue, Severity
from cases.services.duplicates import PossibleDuplicate
from cases.services.errors import Changed, Invalid, Refused
from cases.services.idempotency import KeyReused


class FhirError(Exception):
    """A request that is not done, with its issues and the status that says so."""

    status: int = HTTPStatus.BAD_REQUEST
    code: ClassVar[Code] = Code.INVALID

    def __init__(
        self,
        diagnostics: str = "",
        *expression: str,
        issues: Iterable[Issue] = (),
        code: Code | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.issues = [*issues] or [Issue(code or self.code, diagnostics, expression)]
        self.headers = dict(headers or {})
        super().__init__("; ".join(issue.diagnostics for issue in self.issues))


class BadRequest(FhirError):
    """400: what was asked cannot be read: a parameter, an address, a body that is no FHIR."""


class Unprocessable(FhirError):
    """422: readable, but against a profile, a value set, or a rule."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = Code.BUSINESS_RULE


class NotSupported(FhirError):
    """404 for a type, 400 for a parameter, 501 for an operation that this server does not have."""

    status = HTTPStatus.NOT_IMPLEMENTED
    code = Code.NOT_SUPPORTED


class UnknownType(FhirError):
    """404: this server has no resources of the type."""

    status = HTTPStatus.NOT_FOUND
    code = Code.NOT_SUPPORTED


class NotFound(FhirError):
    """404: no such resource here, or none that the caller may know of."""

    status = HTTPStatus.NOT_FOUND
    code = Code.NOT_FOUND


class Gone(FhirError):
    """410: it was deleted; its history is still there."""

    status = HTTPStatus.GONE
    code = Code.DELETED


class Forbidden(FhirError):
    """403: the person's roles or the client's scopes do not allow it."""

    status = HTTPStatus.FORBIDDEN
    code = Code.FORBIDDEN


class NotAllowed(FhirError):
    """405: the type has no such interaction."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = Code.NOT_SUPPORTED


class NotAcceptable(FhirError):
    """406: a format that is not written here."""

    status = HTTPStatus.NOT_ACCEPTABLE
    code = Code.NOT_SUPPORTED


class Conflicting(FhirError):
    """409: the state of things does not allow it."""

    status = HTTPStatus.CONFLICT
    code = Code.CONFLICT


class PreconditionFailed(FhirError):
    """412: another version than `If-Match` says, or several matches of a condition."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = Code.CONFLICT


class TooCostly(FhirError):
    """403: it would take more work than one request may cause (as FHIR says of `too-costly`)."""

    status = HTTPStatus.FORBIDDEN
    code = Code.TOO_COSTLY


class TooLong(FhirError):
    """413: a body beyond what is taken."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = Code.TOO_LONG


#: What an error of the framework is called, by its status.
CODES: Mapping[int, Code] = {
    400: Code.STRUCTURE,
    401: Code.LOGIN,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.NOT_SUPPORTED,
    406: Code.NOT_SUPPORTED,
    409: Code.CONFLICT,
    410: Code.DELETED,
    412: Code.CONFLICT,
    413: Code.TOO_LONG,
    415: Code.NOT_SUPPORTED,
    422: Code.BUSINESS_RULE,
    429: Code.THROTTLED,
    501: Code.NOT_SUPPORTED,
}


#: Errors that are one issue each: what it is here, and its words where the error has none.
PLAIN: tuple[tuple[tuple[type[Exception], ...], type[FhirError], str], ...] = (
    ((Http404, ObjectDoesNotExist), NotFound, "There is no such resource in this institution."),
    ((PermissionDenied,), Forbidden, "Your roles or scopes do not allow this."),
    ((Changed,), PreconditionFailed, ""),
    ((KeyReused,), Unprocessable, ""),
    ((Refused,), Conflicting, ""),
    ((RequestDataTooBig,), TooLong, "The body is too long."),
    ((SuspiciousOperation,), BadRequest, "The request cannot be read."),
)


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """An OperationOutcome; one without issues says that all went well, as it needs one."""
    said = [issue.as_json() for issue in issues]
    well = Issue(Code.INFORMATIONAL, "All OK.", severity=Severity.INFORMATION).as_json()
    return {"resourceType": "OperationOutcome", "issue": said or [well]}


def translated(error: Exception) -> FhirError | None:
    """A known error as FHIR says it; None for a fault of ours.

    What a bundle answers of one of its entries is made by this too.
    """
    if isinstance(error, FhirError):
        return error
    if isinstance(error, Invalid):
        found = [(field, why) for field, reasons in error.errors.items() for why in reasons]
        return Unprocessable(issues=[_value(field, why) for field, why in found])
    if isinstance(error, PossibleDuplicate):
        return _possible_duplicate(error)
    if isinstance(error, ValidationError):
        return Unprocessable(issues=[_value(path, why) for path, why in _flat(error.detail)])
    if isinstance(error, APIException):
        return _of_framework(error)
    for kinds, kind, words in PLAIN:
        if isinstance(error, kinds):
            return kind(words or str(error))
    return None


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an error as an OperationOutcome; None lets the site's 500 answer, which is one too."""
    set_rollback()
    known = translated(error)
    return None if known is None else refusal(known)


def refusal(error: FhirError) -> Response:
    """The answer to a request that is not done."""
    return Response(outcome(error.issues), status=int(error.status), headers=error.headers)


def plain_not_found() -> HttpResponse:
    """The answer where no endpoint is."""
    return _plain(HTTPStatus.NOT_FOUND, Issue(Code.NOT_FOUND, "Nothing is at this address."))


def plain_server_error() -> HttpResponse:
    """The answer to a fault of ours."""
    words = "A fault of ours; nothing was written."
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, Issue(Code.EXCEPTION, words))


def _plain(status: int, issue: Issue) -> HttpResponse:
    body = json.dumps(outcome([issue]))
    return HttpResponse(body, status=int(status), content_type="application/fhir+json")


def _value(field: str, reason: str) -> Issue:
    words = f"{field}: {reason}" if field else reason
    return Issue(Code.VALUE, words, (field,) if field else ())


def _possible_duplicate(error: PossibleDuplicate) -> FhirError:
    """Who may be the same is named by id alone: reading a patient is an action of its own."""
    said = Issue(Code.DUPLICATE, str(error), ("Patient",))
    others = [
        Issue(
            Code.DUPLICATE,
            f"Patient/{candidate.patient.pk} ({candidate.likeness.value})",
            severity=Severity.INFORMATION,
        )
        for candidate in error.candidates
    ]
    return Conflicting(issues=[said, *others])


def _of_framework(error: APIException) -> FhirError:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    code = CODES.get(error.status_code, Code.PROCESSING)
    known = FhirError(str(error.detail), code=code, headers=headers)
    known.status = error.status_code
    return known


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested serializer errors as (field.path, reason)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)
