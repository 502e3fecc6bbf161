"""What programs send without TLS is refused, where people's browsers are led on.

A program follows a redirect without telling anybody, and sends its token in the clear each time.
Refused, it is mended on its first day.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

#: Where only programs ask.
API, FHIR, HOOKS = "/api/", "/fhir/", "/cds-services/"
FORBIDDEN = 403
PROBLEM = {
    "type": "about:blank",
    "title": "Forbidden",
    "status": FORBIDDEN,
    "detail": "Ask by https://. Take the token that you sent for known to others: end it.",
}
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "security", "diagnostics": PROBLEM["detail"]}],
}


class PlainRequestMiddleware:
    """Stands before Django's own, which redirects whatever comes without TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or let through."""
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path.startswith((API, HOOKS)):
            return JsonResponse(PROBLEM, status=FORBIDDEN, content_type="application/problem+json")
        if is_plain and request.path.startswith(FHIR):
            return JsonResponse(OUTCOME, status=FORBIDDEN, content_type="application/fhir+json")
        return self.get_response(request)
