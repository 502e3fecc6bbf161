"""Answering with a PDF."""

from django.http import HttpResponse


def pdf_response(pdf: bytes, *, filename: str) -> HttpResponse:
    """The document to be shown in the browser; `filename` carries no patient data."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
