"""What became of the cards that EHRs got by CDS Hooks."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.selectors import hook_numbers as selectors
from cases.web.forms.hook_numbers import CardsForm
from cases.web.forms.numbers import DaysForm
from cases.web.numbers import page_number
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

UNANSWERABLE = 422
PAGE = 50


@institution_view(Permission.NUMBERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def hook_numbers(request: InstitutionRequest) -> HttpResponse:
    """By hook and kind of card: how many were shown, accepted, overridden, and why.

    What is typed is posted; the address holds only days that were found good.
    """
    form = DaysForm(request.POST or request.GET, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "hooks/numbers.html", {"form": form}, status=UNANSWERABLE)
    days = (form.cleaned_data["first"], form.cleaned_data["last"])
    if request.method == "POST":
        return redirect(f"{request.path}?{_query(*days)}")
    record(action="hook_cards.read", subject=request.institution, by=request.user)
    context = {
        "form": form,
        "lines": selectors.lines(*days),
        "removed": selectors.removed_between(*days),
        "first": days[0],
        "last": days[1],
        "query": _query(*days),
    }
    return render(request, "hooks/numbers.html", context)


@institution_view(Permission.NUMBERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def hook_cards(request: InstitutionRequest) -> HttpResponse:
    """The cards behind the numbers, newest first; no patient stands on them.

    What is chosen is posted; the address holds only days and choices that were found good.
    """
    form = CardsForm(request.POST or request.GET, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "hooks/cards.html", {"form": form}, status=UNANSWERABLE)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    wanted = {name: form.cleaned_data[name] for name in ("hook", "kind", "outcome")}
    query = f"{_query(first, last)}&{urlencode({n: v for n, v in wanted.items() if v})}"
    if request.method == "POST":
        return redirect(f"{request.path}?{query}")
    record(action="hook_cards.read", subject=request.institution, by=request.user)
    rows = selectors.narrowed(selectors.cards_between(first, last), **wanted)
    page = Paginator(rows, PAGE).get_page(page_number(request.GET.get("page", "")))
    context = {
        "form": form,
        "page": page,
        "rows": [selectors.shown(card) for card in page],
        "removed": selectors.removed_between(first, last),
        "first": first,
        "last": last,
        "days": _query(first, last),
        "previous_url": f"?{query}&page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?{query}&page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "hooks/cards.html", context)


def _query(first: object, last: object) -> str:
    return urlencode({"first": f"{first}", "last": f"{last}"})
