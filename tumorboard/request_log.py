"""One line in the log for each request that was answered."""

import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tumorboard.log_context import logged

logger = logging.getLogger(__name__)

#: A method is any word that somebody sends.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: What load balancers ask every few seconds.
HEALTH = "/healthz"
#: Answers that tell of somebody who tried what they may not.
EVENTS = {
    HTTPStatus.UNAUTHORIZED: "access.refused",
    HTTPStatus.FORBIDDEN: "access.refused",
    HTTPStatus.TOO_MANY_REQUESTS: "access.throttled",
}


class RequestLogMiddleware:
    """Gives each request an id, says it in the answer, and logs how it was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The id is ours: one that came with the request could be anything."""
        began, request_id = time.perf_counter(), uuid.uuid4().hex
        with logged(request=request, request_id=request_id):
            response = self.get_response(request)
            status = response.status_code
            if request.path != HEALTH or status != HTTPStatus.OK:
                fields = {
                    "method": request.method if request.method in METHODS else "other",
                    "status": status,
                    "milliseconds": round((time.perf_counter() - began) * 1000),
                }
                if status in EVENTS:
                    fields["event"] = EVENTS[HTTPStatus(status)]
                logger.info("request", extra=fields)
        response["X-Request-ID"] = request_id
        return response
