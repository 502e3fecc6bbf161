"""Whether this process can serve: for load balancers and `manage.py run`."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tumorboard.accounts.access import public_view

logger = logging.getLogger(__name__)

#: A role that bypasses row-level security must not serve: every institution would see all.
BOUND = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"


@public_view("load balancers ask without signing in; the answer holds no data")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 "ok" where the database answers to a role that row-level security binds, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(BOUND)
            (bound,) = cursor.fetchone()
    except DatabaseError as error:
        logger.error("health: the database does not answer: %s", type(error).__name__)
        bound = False
    else:
        if not bound:
            logger.error(
                "health: the database role is not bound by row-level security",
                extra={"event": "isolation.violated"},
            )
    return HttpResponse(
        "ok" if bound else "unavailable",
        status=200 if bound else 503,
        content_type="text/plain; charset=utf-8",
    )
