"""What somebody gets who may not come in yet: the way to sign in or to prove a second factor.

The way back goes along as `next`: of a page its address, of something sent the address of the page
that it was sent from, which offers what was typed there again.
"""

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tumorboard.accounts import second_factor

#: A part of a page that asks is answered so; the page then offers to sign in, and keeps its text.
SIGN_IN = 401
#: How an address begins that says of itself where it leads.
WHOLE = ("/", "http://", "https://")
RAN_OUT = (
    "You were signed out, since nothing happened for a while. Sign in to go on where you were."
)


def sign_in_first(request: HttpRequest, *, has_run_out: bool = False) -> HttpResponse:
    """To the sign-in page and back; 401 for a part of a page, which must not become that page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=SIGN_IN)
    if has_run_out:
        messages.info(request, RAN_OUT)
    return redirect(with_way_back(reverse("account_login"), request))


def factor_first(request: HttpRequest) -> HttpResponse:
    """To where the second factor is proven or set up, and back."""
    url = with_way_back(second_factor.page_for(request), request)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def with_way_back(url: str, request: HttpRequest) -> str:
    """`url` with where to go on afterwards."""
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: _way_back(request)}, safe='/')}"


def safe_next(request: HttpRequest, given: str) -> str:
    """`given` where it is an address of ours, else nothing.

    Whole, or from the root: `redirect` takes a word alone for the name of a page.
    """
    is_ours = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if is_ours and given.startswith(WHOLE) else ""


def _way_back(request: HttpRequest) -> str:
    from_page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    is_part = bool(request.headers.get("HX-Request")) or request.method not in ("GET", "HEAD")
    if is_part and safe_next(request, from_page):
        parts = urlsplit(from_page)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
