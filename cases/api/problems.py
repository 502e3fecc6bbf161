"""Every error of the API as problem+json (RFC 9457), translated in one place."""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cases.services.duplicates import PossibleDuplicate
from cases.services.errors import Changed, Invalid, Refused

CONTENT_TYPE = "application/problem+json"
API = "/api/"

#: Errors of the services, and the status that says the same.
SERVICE_ERRORS = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Changed: HTTPStatus.PRECONDITION_FAILED,
    Refused: HTTPStatus.CONFLICT,
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
        return problem(SERVICE_ERRORS[Invalid], errors=list(found))
    if isinstance(error, Changed | Refused):
        return problem(SERVICE_ERRORS[type(error)], detail=str(error))
    if isinstance(error, PossibleDuplicate):
        return _possible_duplicate(error)
    if isinstance(error, ValidationError):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=list(_flat(error.detail)))
    if isinstance(error, NOT_FOUND):
        return problem(HTTPStatus.NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return problem(HTTPStatus.FORBIDDEN)
    if isinstance(error, APIException):
        response = problem(HTTPStatus(error.status_code), detail=str(error.detail))
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(math.ceil(wait))
        return response
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 404: a problem for an address of the API that is none, a page elsewhere."""
    if request.path.startswith(API):
        return _plain(HTTPStatus.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's 500, without details: a problem in the API, a page elsewhere."""
    if request.path.startswith(API):
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)
    return defaults.server_error(request)


def problem(
    status: HTTPStatus, *, detail: str = "", errors: list[tuple[str, str]] | None = None
) -> Response:
    """One problem."""
    body = _body(status)
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = [{"field": field, "reason": reason} for field, reason in errors]
    return Response(body, status=int(status), content_type=CONTENT_TYPE)


def _possible_duplicate(error: PossibleDuplicate) -> Response:
    """Who may be the same is named by id alone: reading a patient is an action of its own."""
    response = problem(HTTPStatus.CONFLICT, detail=str(error))
    found = [
        {"patient": str(candidate.patient.pk), "likeness": candidate.likeness.value}
        for candidate in error.candidates
    ]
    response.data |= {"type": "urn:tumorboard:problem:possible-duplicate", "candidates": found}
    return response


def _plain(status: HTTPStatus) -> JsonResponse:
    return JsonResponse(_body(status), status=int(status), content_type=CONTENT_TYPE)


def _body(status: HTTPStatus) -> dict[str, Any]:
    return {
        "type": f"urn:tumorboard:problem:{status.name.lower().replace('_', '-')}",
        "title": status.phrase,
        "status": int(status),
    }


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
