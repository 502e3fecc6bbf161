"""The page of everything that was ever written about a case."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases.selectors.case_history import CHOICES, history_of
from cases.web.found import case_or_404
from cases.web.numbers import page_number
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: How many moments one page shows.
PAGE_SIZE = 50


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def case_history(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """What was written when by whom, and what stood there before; the newest first.

    The kind of row stands in the address: it is a code.
    """
    case = case_or_404(case_id)
    kind = (request.POST or request.GET).get("kind", "")
    kind = kind if kind in dict(CHOICES) else ""
    if request.method == "POST":
        return redirect(f"{request.path}?kind={kind}" if kind else request.path)
    number = page_number(request.GET.get("page", ""))
    record(action="case.history.read", subject=case, by=request.user)
    moments = history_of(case, kind=kind)
    start = (number - 1) * PAGE_SIZE
    chosen = f"kind={kind}&" if kind else ""
    has_more = len(moments) > start + PAGE_SIZE
    context = {
        "case": case,
        "moments": moments[start : start + PAGE_SIZE],
        "kind": kind,
        "kinds": CHOICES,
        "previous_url": f"?{chosen}page={number - 1}" if number > 1 else "",
        "next_url": f"?{chosen}page={number + 1}" if has_more else "",
    }
    return render(request, "cases/history.html", context)
