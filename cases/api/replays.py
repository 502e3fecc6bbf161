"""POSTs that may be sent twice: `Idempotency-Key`."""

import functools
import json
from collections.abc import Callable
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from cases.services import idempotency
from tumorboard.accounts.api_requests import ApiRequest

#: Says of an answer that the request did nothing this time.
REPLAYED = "Idempotency-Replayed"
#: Headers of an answer that belong to what was written.
KEPT_HEADERS = ("ETag", "Location")

Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """Let a POST act once for each `Idempotency-Key`; without one it acts whenever it is sent.

    What was refused or failed wrote nothing, so the same key may be used for it again.
    """

    @functools.wraps(handler)
    def post(self: Any, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(idempotency.HEADER)
        if key is None:
            return handler(self, request, *args, **kwargs)
        assert request.resolver_match is not None  # noqa: S101 - the address was found
        row, is_first = idempotency.claim(
            key=key,
            route=str(request.resolver_match.url_name),
            request=[request.path, request.data, request.headers.get("If-Match")],
            by=request.user,
        )
        if not is_first:
            answer = row.answer
            assert answer is not None  # noqa: S101 - kept with the key, or the key was given back
            headers = {**answer["headers"], REPLAYED: "true"}
            return Response(json.loads(answer["body"]), status=row.status, headers=headers)
        response = handler(self, request, *args, **kwargs)
        if response.status_code >= 400:
            # An answer that is no error of ours, such as another version: nothing was written.
            row.delete()
            return response
        idempotency.keep(
            row=row,
            status=response.status_code,
            headers={name: response[name] for name in KEPT_HEADERS if name in response},
            body=JSONRenderer().render(response.data).decode(),
            written=self.written,
        )
        return response

    post.acts_once = True  # type: ignore[attr-defined]
    return post
