"""What a request is told that the database gave up on: try again, and not that we are broken."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg.errors import (
    DeadlockDetected,
    IdleInTransactionSessionTimeout,
    LockNotAvailable,
    QueryCanceled,
    TooManyConnections,
)
from psycopg_pool import PoolTimeout

from tumorboard.refusals import refusal

logger = logging.getLogger(__name__)

GAVE_UP = (
    DeadlockDetected,
    IdleInTransactionSessionTimeout,
    LockNotAvailable,
    PoolTimeout,
    QueryCanceled,
    TooManyConnections,
)
#: Seconds after which it is worth trying again.
RETRY_SECONDS = 30
STATUS = HTTPStatus.SERVICE_UNAVAILABLE
PROBLEM = {
    "type": "urn:tumorboard:problem:service-unavailable",
    "title": STATUS.phrase,
    "status": int(STATUS),
    "detail": "The database did not answer in time. Nothing of this request was recorded.",
}


class OverloadMiddleware:
    """Answers what the database gave up on with 503; its transaction is undone already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page or, for programs, their format that says so; None where something else failed."""
        if not isinstance(error, OperationalError) or not isinstance(error.__cause__, GAVE_UP):
            return None
        kind = type(error.__cause__).__name__
        logger.error("the database gave up: %s", kind, extra={"event": "database.gave_up"})
        if told := refusal(request.path, PROBLEM, issue="timeout"):
            response = HttpResponse(told.body, content_type=told.content_type)
        else:
            response = HttpResponse(render_to_string("503.html"))
        response.status_code = STATUS
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
