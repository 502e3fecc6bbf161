"""The story of a case: its picture, the same as a table, and the radiation of its imaging."""

import base64
import hashlib
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.documents.timeline.colors import DARK_STYLE
from cases.documents.timeline.listing import listing_of
from cases.documents.timeline.picture import describe, picture_of
from cases.documents.timeline.rendering import NotDrawn
from cases.selectors import radiation
from cases.selectors.timeline import timeline_of
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

_STYLE = base64.b64encode(hashlib.sha256(DARK_STYLE.encode()).digest()).decode()
#: The picture has one style, its dark colors, and nothing else that could do anything.
PICTURE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE}'; frame-ancestors 'none'; base-uri 'none'"
)


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Picture, table and radiation."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    timeline = timeline_of(case)
    context = {
        "case": case,
        "description": describe(timeline),
        "listing": listing_of(timeline),
        "is_empty": timeline.is_empty,
        "radiation": radiation.radiation_of(case),
        "radiation_source": radiation.SOURCE,
    }
    return render(request, "cases/timeline.html", context)


@institution_view(Permission.CASE_READ)
@require_safe
def picture(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The picture alone, as SVG; 503 where it could not be drawn."""
    case = case_or_404(case_id)
    record(action="case.timeline.read", subject=case, by=request.user)
    try:
        svg = picture_of(timeline_of(case)).svg
    except NotDrawn:
        return HttpResponse("The picture could not be drawn.", status=503)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Content-Security-Policy"] = PICTURE_POLICY
    return response
