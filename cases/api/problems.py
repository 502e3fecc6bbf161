"""Every error of the API as problem+json (RFC 9457), translated in one place."""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cases.services.duplicates import PossibleDuplicate
from cases.services.errors import Changed, Invalid, Refused
from cases.services.idempotency import KeyReused
from tumorboard.refusals import PROBLEM, format_at

CONTENT_TYPE = PROBLEM
#: What stands before the code in the `type` of a problem.
PREFIX = "urn:tumorboard:problem:"


class Kind(NamedTuple):
    """One kind of problem: its status, its title, and what it means here."""

    status: int
    title: str
    meaning: str


#: Every kind by its code. Codes and statuses stay as they are within a version of the API; the
#: first one of a status is what stands for it in general. The words are ours: Python's own for a
#: status have changed from one of its versions to the next.
KINDS = {
    "bad-request": Kind(400, "Bad Request", "The body is not JSON."),
    "unauthorized": Kind(
        401, "Unauthorized", "No token, or one that is not valid in this institution."
    ),
    "forbidden": Kind(
        403, "Forbidden", "The person's roles, or the client's scopes, do not allow it."
    ),
    "not-found": Kind(404, "Not Found", "There is no such thing in this institution."),
    "method-not-allowed": Kind(405, "Method Not Allowed", "This address has no such method."),
    "not-acceptable": Kind(406, "Not Acceptable", "The API answers in JSON alone."),
    "conflict": Kind(
        409, "Conflict", "The state of things does not allow it; the detail says why."
    ),
    "possible-duplicate": Kind(
        409, "Conflict", "Somebody like this patient is here already; `candidates` says who."
    ),
    "precondition-failed": Kind(
        412,
        "Precondition Failed",
        "Somebody else has changed the row since; `current` is how it stands, `sent` what was "
        "sent, and the header `ETag` names the version.",
    ),
    "request-entity-too-large": Kind(413, "Request Entity Too Large", "The body is too long."),
    "unsupported-media-type": Kind(
        415, "Unsupported Media Type", "The body is not announced as application/json."
    ),
    "unprocessable-entity": Kind(
        422, "Unprocessable Entity", "Values that cannot be accepted, each with its reason."
    ),
    "idempotency-key-reused": Kind(
        422, "Unprocessable Entity", "The Idempotency-Key was used for another request."
    ),
    "precondition-required": Kind(
        428, "Precondition Required", "A change needs `If-Match` with the ETag that was read."
    ),
    "too-many-requests": Kind(
        429, "Too Many Requests", "More than the limit; `Retry-After` says when to ask again."
    ),
    "internal-server-error": Kind(
        500, "Internal Server Error", "A fault of ours; nothing was written."
    ),
}
#: The code that stands for a status in general.
BY_STATUS = {kind.status: code for code, kind in reversed(KINDS.items())}

#: Errors of the services, and the code that says the same.
SERVICE_ERRORS = {
    Changed: "precondition-failed",
    Refused: "conflict",
    KeyReused: "idempotency-key-reused",
}
NOT_FOUND = (Http404, ObjectDoesNotExist)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer `error` as a problem; None lets the server answer 500 without details.

    A problem has `type`, `title`, `status`, and where they help `detail` and `errors`: a list of
    `{"field", "reason"}`.
    """
    set_rollback()
    if isinstance(error, Invalid):
        found = ((field, reason) for field, reasons in error.errors.items() for reason in reasons)
        return problem("unprocessable-entity", errors=list(found))
    if isinstance(error, PossibleDuplicate):
        return _possible_duplicate(error)
    if isinstance(error, ValidationError):
        return problem("unprocessable-entity", errors=list(_flat(error.detail)))
    if isinstance(error, NOT_FOUND):
        return problem("not-found")
    if isinstance(error, PermissionDenied):
        return problem("forbidden")
    for kind, code in SERVICE_ERRORS.items():
        if isinstance(error, kind):
            return problem(code, detail=str(error))
    if isinstance(error, APIException):
        response = problem(BY_STATUS[error.status_code], detail=str(error.detail))
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(math.ceil(wait))
        return response
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 404: a problem where the API or CDS Hooks would answer, a page elsewhere."""
    if format_at(request.path) == PROBLEM:
        return _plain("not-found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's 500, without details: a problem as for 404, a page elsewhere."""
    if format_at(request.path) == PROBLEM:
        return _plain("internal-server-error")
    return defaults.server_error(request)


def problem(
    code: str, *, detail: str = "", errors: list[tuple[str, str]] | None = None, **more: Any
) -> Response:
    """One problem, of a kind of `KINDS`; `more` are members that only this kind has."""
    body = _body(code)
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = [{"field": field, "reason": reason} for field, reason in errors]
    return Response({**body, **more}, status=body["status"], content_type=CONTENT_TYPE)


def meanings(status: HTTPStatus) -> str:
    """What the problems of a status mean, in words."""
    return " ".join(kind.meaning for kind in KINDS.values() if kind.status == status)


def _possible_duplicate(error: PossibleDuplicate) -> Response:
    """Who may be the same is named by id alone: reading a patient is an action of its own."""
    found = [
        {"patient": str(candidate.patient.pk), "likeness": candidate.likeness.value}
        for candidate in error.candidates
    ]
    return problem("possible-duplicate", detail=str(error), candidates=found)


def _plain(code: str) -> JsonResponse:
    body = _body(code)
    return JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)


def _body(code: str) -> dict[str, Any]:
    kind = KINDS[code]
    return {"type": f"{PREFIX}{code}", "title": kind.title, "status": kind.status}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested serializer errors as (field.path, reason)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(filter(None, (path, part))))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _flat(inner, f"{path}.{place}" if nested else path)
    else:
        yield path, str(detail)
