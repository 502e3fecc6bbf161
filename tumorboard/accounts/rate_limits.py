"""How often somebody may ask: counted in the database, so for all processes together.

Not with Django's cache: reading, adding and writing there are three steps, between which parallel
requests pass, and an error answer would roll the count back with the request.
"""

import math
from http import HTTPStatus
from typing import NamedTuple

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.utils.crypto import salted_hmac

WINDOW_SECONDS = 60

#: One statement, so that parallel requests wait for each other's count. The time is the
#: database's: the clocks of several machines differ.
COUNT = """
    INSERT INTO accounts_ratecount AS counted (key, began_at, count)
    VALUES (%(key)s, clock_timestamp(), 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counted.began_at > clock_timestamp() - %(window)s * interval '1 second'
                THEN counted.count + 1 ELSE 1 END,
        began_at = CASE WHEN counted.began_at > clock_timestamp() - %(window)s * interval '1 second'
                   THEN counted.began_at ELSE clock_timestamp() END
    RETURNING count, extract(epoch FROM began_at - clock_timestamp())::float + %(window)s
"""
SWEEP = "DELETE FROM accounts_ratecount WHERE began_at < clock_timestamp() - interval '1 hour'"


class Limit(NamedTuple):
    """How many requests one caller may make in `WINDOW_SECONDS`."""

    #: As the headers name it.
    name: str
    most: int


class Allowance(NamedTuple):
    """What is left of a limit after the present request."""

    limit: Limit
    used: int
    resets_in_seconds: int

    @property
    def is_exceeded(self) -> bool:
        """Whether the present request is one too many."""
        return self.used > self.limit.most

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF draft `ratelimit-headers` words them: a policy, and what is left of it."""
        left = max(0, self.limit.most - self.used)
        return {
            "RateLimit-Policy": f'"{self.limit.name}";q={self.limit.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.limit.name}";r={left};t={self.resets_in_seconds}',
        }


def count(limit: Limit, who: str) -> Allowance:
    """Count one request of `who`.

    Outside of the request's own transaction, or in a short one before it: until the end of the
    transaction others of the same caller wait, and what is rolled back is not counted.
    """
    key = salted_hmac("tumorboard.rate_limits", f"{limit.name}:{who}", algorithm="sha256")
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key.hexdigest(), "window": WINDOW_SECONDS})
        used, seconds = cursor.fetchone()
    return Allowance(limit, used, max(1, math.ceil(seconds)))


def refusal(allowance: Allowance) -> HttpResponse:
    """The answer to one request too many, where no API view words it."""
    status = HTTPStatus.TOO_MANY_REQUESTS
    body = {
        "type": "urn:tumorboard:problem:too-many-requests",
        "title": status.phrase,
        "status": int(status),
        "detail": f"Ask again in {allowance.resets_in_seconds} seconds.",
    }
    headers = {**allowance.headers, "Retry-After": str(allowance.resets_in_seconds)}
    return JsonResponse(
        body, status=int(status), content_type="application/problem+json", headers=headers
    )


def sweep() -> None:
    """Forget counts whose window is long over."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP)
