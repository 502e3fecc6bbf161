"""Browsers of other origins (CORS, as WHATWG's Fetch standard has it).

Discovery is public, so whoever likes may read it. An answer with cards may be read only by pages
of an origin that is registered with the EHR whose JWT called. A preflight carries no JWT, so it is
answered for the origin of any EHR of the institution; it shows nothing, and what follows is judged
by itself. Cookies play no part anywhere here, so nobody is asked to send them.
"""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from cases.models import HookClient
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: What a script may send beside what every page may.
HEADERS = "authorization, content-type"
#: Seconds for which a browser may keep the answer to a preflight.
KEPT_FOR = 600
ANY = "*"


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks what it may send, before it sends it."""
    asked = {"Origin", "Access-Control-Request-Method"}
    return request.method == "OPTIONS" and asked <= set(request.headers)


def answer_preflight(request: HttpRequest, methods: str, *, allowed: bool) -> HttpResponse:
    """What a script of this origin may send; nothing where it is not allowed."""
    response = HttpResponse(status=204)
    if allowed:
        response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response["Access-Control-Allow-Methods"] = methods
        response["Access-Control-Allow-Headers"] = HEADERS
        response["Access-Control-Max-Age"] = str(KEPT_FOR)
    patch_vary_headers(
        response, ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers")
    )
    return response


def is_named(origin: str, institution: Institution | None) -> bool:
    """Whether an EHR that is switched on there names this origin."""
    if institution is None:
        return False
    with institution_scope(institution):
        rows = HookClient.objects.filter(switched_off_at=None, client__disabled_at=None)
        return any(origin in origins for origins in rows.values_list("origins", flat=True))


def open_to(response: HttpResponseBase, request: HttpRequest, origins: Collection[str]) -> None:
    """Let a page of one of these origins read the answer."""
    origin = request.headers.get("Origin")
    if origin is not None and origin in origins:
        response["Access-Control-Allow-Origin"] = origin
    patch_vary_headers(response, ("Origin",))
