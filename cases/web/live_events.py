"""The stream on which the pages of a running meeting hear that there is something new."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from cases.models import Meeting
from cases.web.listening import hub
from tumorboard.accounts.access import InstitutionRequest, institution_stream
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import let_connection_go, member_scope


@institution_stream(Permission.BOARD_READ)
@require_http_methods(["GET"])
async def live_events(request: InstitutionRequest, meeting_id: UUID) -> HttpResponseBase:
    """Server-sent events of one meeting: its revision whenever it changes, and heartbeats.

    Under WSGI a stream would hold a worker for hours: there the answer is 204, upon which
    browsers do not try again and the page polls.
    """
    if not await sync_to_async(_is_there)(request, meeting_id):
        raise Http404
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    stream = hub.follow(
        institution=request.institution,
        meeting_id=meeting_id,
        person_id=request.user.pk,
        session_key=request.session.session_key,
    )
    response = StreamingHttpResponse(stream, content_type="text/event-stream; charset=utf-8")
    # Proxies must neither keep events back nor pack them.
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _is_there(request: InstitutionRequest, meeting_id: UUID) -> bool:
    try:
        with member_scope(request.institution, request.user.pk):
            return Meeting.objects.filter(pk=meeting_id).exists()
    finally:
        let_connection_go()
