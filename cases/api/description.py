"""How the API describes itself: every endpoint with the problems that it may answer."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from cases.api.problems import CONTENT_TYPE
from cases.api.serializers import ProblemSerializer

#: What each problem means here.
PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is not valid in this institution.",
    HTTPStatus.FORBIDDEN: "The person's roles, or the client's scopes, do not allow it.",
    HTTPStatus.NOT_FOUND: "There is no such thing in this institution.",
    HTTPStatus.CONFLICT: "The state of things does not allow it; the detail says why.",
    HTTPStatus.PRECONDITION_FAILED: "Somebody else has changed the case since `if_match`.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too long.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not announced as application/json.",
    HTTPStatus.TOO_MANY_REQUESTS: "More than the limit; `Retry-After` says when to ask again.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Values that cannot be accepted, each with its reason.",
}
EVERYWHERE = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
)
WITH_A_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


class Description(AutoSchema):
    """Adds the problems to each operation; a view names its own in `problems`."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        possible = {*EVERYWHERE, HTTPStatus.UNPROCESSABLE_ENTITY, *self.view.problems}
        if self.method == "POST":
            possible.update(WITH_A_BODY)
        else:
            possible.difference_update(self.view.problems)
        for status in sorted(possible):
            bodies[str(int(status))] = self._get_response_for_code(
                OpenApiResponse(ProblemSerializer, PROBLEMS[status]),
                str(int(status)),
                [CONTENT_TYPE],
                direction,
            )
        return bodies
