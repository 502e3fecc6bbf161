"""The site's 404 and 500, in the format of whoever asked: `tumorboard.refusals` says which."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from cases.api import problems
from cases.fhir import outcome
from tumorboard.refusals import HL7V2, OUTCOME, WORDS, format_at


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is at no address."""
    form = format_at(request.path)
    if form == OUTCOME:
        return outcome.plain_not_found()
    if form == HL7V2:
        return _words(HTTPStatus.NOT_FOUND, "Nothing is at this address.")
    return problems.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, without details."""
    form = format_at(request.path)
    if form == OUTCOME:
        return outcome.plain_server_error()
    if form == HL7V2:
        # Not that nothing was written: the fault may have come after that.
        return _words(HTTPStatus.INTERNAL_SERVER_ERROR, "A fault of ours. Send it again.")
    return problems.server_error(request)


def _words(status: HTTPStatus, words: str) -> HttpResponse:
    return HttpResponse(words, status=int(status), content_type=WORDS)
