"""What every log line of one request or job has in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_fields: ContextVar[dict[str, str] | None] = ContextVar("fields", default=None)


@contextmanager
def logged(*, request: HttpRequest | None = None, **fields: str) -> Iterator[None]:
    """Let every line meanwhile carry these fields, and those of the request as far as known."""
    tokens = _request.set(request), _fields.set(fields)
    try:
        yield
    finally:
        _request.reset(tokens[0])
        _fields.reset(tokens[1])


def current() -> dict[str, str]:
    """The fields that a line carries now."""
    request = _request.get()
    known = {} if request is None else request_fields(request)
    return {**(_fields.get() or {}), **known}


def request_fields(request: HttpRequest) -> dict[str, str]:
    """A request's route, institution and person: names and ids of ours, nothing that was typed."""
    match = getattr(request, "resolver_match", None)
    fields: dict[str, Any] = {}
    if match is not None:
        fields["route"] = match.view_name or match.route
        fields["institution"] = match.kwargs.get("slug")
    fields["person"] = _person(request)
    return {name: str(value) for name, value in fields.items() if value}


def _person(request: HttpRequest) -> Any:
    """The id of who is signed in; asks nothing of the database for a line in a log."""
    person = getattr(request, "user", None)
    if isinstance(person, SimpleLazyObject) and person.__dict__.get("_wrapped", empty) is empty:
        return None
    return getattr(person, "pk", None)
