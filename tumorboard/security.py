"""What every request must be, and the headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


class ReadableRequestMiddleware:
    """Stop what no browser sends and the framework would stumble over with a 500.

    A form in another charset than ours may name a codec that is none for text, or one that makes
    halves of surrogate pairs. A quoted cookie may hold a NUL, which the database refuses; it
    belongs to no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Judge the request.

        Raises:
            BadRequest: a form with files that is not in UTF-8.
        """
        charset = request.encoding or "utf-8"
        is_form = (request.content_type or "").startswith("multipart/")
        if is_form and charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
            message = "Send forms in UTF-8."
            raise BadRequest(message)
        if "\x00" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """A strict content security policy, and no copies of patient pages in any cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers."""
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
