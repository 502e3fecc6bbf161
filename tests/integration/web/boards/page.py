"""What a reader finds on a page or in a PDF."""

import html
import re
from io import BytesIO

from django.http import HttpResponse
from pypdf import PdfReader


def text(response: HttpResponse) -> str:
    """The page's words, white space as one space."""
    page = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def value(response: HttpResponse, field: str) -> str:
    """The value of an input of the page."""
    found = re.search(rf'name="{field}"[^>]*?value="([^"]*)"', response.content.decode())
    assert found, f"no {field} on the page"
    return html.unescape(found[1])


def error_of(response: HttpResponse, field: str) -> str:
    """What stands next to a field."""
    found = re.search(
        rf'<div class="field-error" id="id_{field}_error">(.*?)</div></div>',
        response.content.decode(),
        flags=re.DOTALL,
    )
    assert found, f"no error at {field}"
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def pdf_text(response: HttpResponse) -> str:
    """The words of a PDF, white space as one space."""
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
