"""One agenda item in one screen: for the decision, the running meeting, and the signed record."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cases.documents.build_record import NONE_RECORDED, obstacle_lines
from cases.models import AgendaItem, Decision
from cases.models.acknowledgment import CRITICAL
from cases.models.fact_answer import UNKNOWN
from cases.selectors import agendas
from cases.selectors.briefing import Briefing, briefing_at, briefing_of
from cases.web.board_item import item_or_404
from cases.web.follow_up import last_decision
from cases.web.record_sections import record_sections
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


def item_screen(
    request: InstitutionRequest, item: AgendaItem, signed: Decision | None = None
) -> dict[str, Any]:
    """The context of `templates/boards/item_screen.html` and of `boards/item_header.html`.

    With `signed` as the board saw it when it signed that version. Queries depend on nothing. The
    caller has read the item by `item_or_404` and records that it is read. What the reader may not
    open is not linked.
    """
    briefing = briefing_at(item, signed) if signed else briefing_of(item)
    return {
        "item": item,
        "case": item.case,
        "patient": item.case.patient,
        "briefing": briefing,
        "guidance": briefing.guidance,
        "notices": briefing.line.notices,
        **_checks(briefing),
        **_feasibility(briefing),
        "neighbors": agendas.neighbors(item),
        **last_decision(item),
        "has_record": Permission.CASE_READ in request.permissions,
    }


def _checks(briefing: Briefing) -> dict[str, Any]:
    """What nobody acknowledged, what is critical first, and what somebody did."""
    checks = sorted(briefing.guidance.pressing, key=lambda check: check.severity != CRITICAL)
    settled = [check for check in checks if check.state and check.state.standing]
    return {
        "open_checks": [check for check in checks if check not in settled],
        "settled_checks": settled,
    }


def _feasibility(briefing: Briefing) -> dict[str, Any]:
    """What stands in the way, what is unknown first; and of what nothing is recorded.

    Nothing recorded is not the same as none.
    """
    lines = sorted(obstacle_lines(briefing.obstacles), key=lambda line: line[1] != UNKNOWN)
    return {
        "obstacles": [line for line in lines if line[1] != NONE_RECORDED],
        "unrecorded": [name.lower() for name, words in lines if words == NONE_RECORDED],
    }


def sections_beside(briefing: Briefing) -> dict[str, Any]:
    """The sections of the whole record below the screen, from what was read for it already."""
    line = briefing.line
    return record_sections(
        line.item.case,
        imaging=briefing.all_imaging,
        lesions=briefing.lesions,
        notices=line.notices,
        completeness=line.completeness,
    )


@institution_view(Permission.BOARD_READ)
@require_safe
def screen(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The screen alone: as a page for a projector or for paper, or as a part of another page."""
    item = item_or_404(item_id)
    record(action="agenda_item.read", subject=item.case, by=request.user)
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "boards/item_screen.html" if is_part else "boards/item_page.html"
    response = render(request, template, item_screen(request, item))
    patch_vary_headers(response, ["HX-Request"])
    return response
