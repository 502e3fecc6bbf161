"""What became of the decisions on a case, from question to outcome."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.models import AgendaItem, Case
from cases.selectors.loop import last_of, loop_of
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


def follow_up_section(case: Case) -> dict[str, Any]:
    """The context of `cases/parts/follow_up_section.html`."""
    return {"follow_up": last_of(case)}


def last_decision(item: AgendaItem) -> dict[str, Any]:
    """The context of `boards/last_decision.html`: what became of the decision before `item`."""
    return {"last_decision": last_of(item.case, besides=item)}


@institution_view(Permission.BOARD_READ)
@require_safe
def follow_up(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Question, decision, recommendation, task, result and next decision in one view."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    context = {"case": case, "decisions": loop_of(case)}
    return render(request, "tasks/follow_up.html", context)
