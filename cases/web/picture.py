"""Answering with a picture that can do nothing but be looked at."""

import base64
import hashlib

from django.http import HttpResponse

from cases.documents.timeline.colors import DARK_STYLE

_STYLE = base64.b64encode(hashlib.sha256(DARK_STYLE.encode()).digest()).decode()
#: The picture has one style, its dark colors, and nothing else that could do anything.
PICTURE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE}'; frame-ancestors 'none'; base-uri 'none'"
)


def svg_response(svg: str) -> HttpResponse:
    """The drawing under a policy of its own."""
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = PICTURE_POLICY
    return response
