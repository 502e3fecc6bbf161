"""What programs send without TLS is refused, where people's browsers are led on.

A program follows a redirect without telling anybody, and sends its token in the clear each time.
Refused, it is mended on its first day.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tumorboard.refusals import refusal

FORBIDDEN = 403
PROBLEM = {
    "type": "about:blank",
    "title": "Forbidden",
    "status": FORBIDDEN,
    "detail": "Ask by https://. Take the token that you sent for known to others: end it.",
}


class PlainRequestMiddleware:
    """Stands before Django's own, which redirects whatever comes without TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or let through."""
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            refused = refusal(request.path, PROBLEM, issue="security")
            if refused is not None:
                kind = refused.content_type
                return HttpResponse(refused.body, status=FORBIDDEN, content_type=kind)
        return self.get_response(request)
