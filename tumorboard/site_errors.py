"""The site's 404 and 500, in the words of whoever asked: pages, problems, OperationOutcomes."""

from django.http import HttpRequest, HttpResponse

from cases.api import problems
from cases.fhir import outcome

FHIR = "/fhir/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is at no address."""
    if request.path.startswith(FHIR):
        return outcome.plain_not_found()
    return problems.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, without details."""
    if request.path.startswith(FHIR):
        return outcome.plain_server_error()
    return problems.server_error(request)
