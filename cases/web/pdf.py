"""Answering with a PDF."""

from django.http import HttpRequest, HttpResponse

from cases.documents.typesetting import PageSize


def paper_of(request: HttpRequest) -> PageSize:
    """The paper that the address asks for: `?paper=letter`, else A4."""
    return "us-letter" if request.GET.get("paper") == "letter" else "a4"


def pdf_response(pdf: bytes, *, filename: str) -> HttpResponse:
    """The document to be shown in the browser; `filename` carries no patient data."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
