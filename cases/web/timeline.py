"""The story of a case: its picture, the same as a table, and the radiation of its imaging."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.documents.timeline.listing import listing_of
from cases.documents.timeline.picture import describe, picture_of
from cases.documents.timeline.rendering import NotDrawn
from cases.selectors import radiation
from cases.selectors.timeline import timeline_of
from cases.web.found import case_or_404
from cases.web.picture import svg_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


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
    """The picture alone, as SVG; 503 where it could not be drawn.

    With `rows` without the curves below, for a page on which their numbers stand besides.
    """
    case = case_or_404(case_id)
    record(action="case.timeline.read", subject=case, by=request.user)
    try:
        svg = picture_of(timeline_of(case), rows_only="rows" in request.GET).svg
    except NotDrawn:
        return HttpResponse("The picture could not be drawn.", status=503)
    return svg_response(svg)
