"""The page of what is there and what is missing for a board, and the forms on its rows."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cases.models import Case, GapAcceptance, GapRequest
from cases.selectors.completeness import Completeness, ItemState, State, completeness_of
from cases.services import gaps as services
from cases.web.conflicts import watch
from cases.web.errors import INVALID, errors_on
from cases.web.forms.completeness import AcceptForm, AskForm
from cases.web.found import case_or_404
from guidance.editions.minimum_dataset import minimum_dataset
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

METHODS = ["GET", "HEAD", "POST"]


def completeness_section(case: Case) -> dict[str, Any]:
    """The context of `cases/parts/completeness_section.html`."""
    return {"completeness": completeness_of(case)}


@institution_view(Permission.CASE_READ)
@require_safe
def completeness(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Every item of the minimum data set for a case, with what shows it."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    context = {"case": case, "notice": minimum_dataset().notice, **_table(case)}
    return render(request, "cases/completeness.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(METHODS)
def ask(request: InstitutionRequest, case_id: UUID, item: str) -> HttpResponse:
    """Note who was asked for an item."""
    case = case_or_404(case_id)
    state = _gap_or_404(case, item)
    asked = {"asked_of": state.asked_of}
    if state.request:
        asked = {name: getattr(state.request, name) for name in ("asked_of", "asked_on", "note")}
    form = AskForm(request.POST if request.method == "POST" else None, initial=asked)
    watch(form, state.request)
    if form.is_valid():
        with errors_on(form):
            services.ask(case=case, item=item, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _done(request, case, item, "It is noted who was asked.")
    return _form(request, case, state, form, title="Ask for", submit="Note who was asked")


@institution_view(Permission.CHECK_ACKNOWLEDGE)
@require_http_methods(METHODS)
def accept(request: InstitutionRequest, case_id: UUID, item: str) -> HttpResponse:
    """Accept by name that the board decides without an item."""
    case = case_or_404(case_id)
    state = _gap_or_404(case, item)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.accept(case=case, item=item, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _done(request, case, item, "The gap is accepted in your name.")
    return _form(request, case, state, form, title="Accept without", submit="Accept the gap")


@institution_view(Permission.CASE_WRITE)
@require_POST
def withdraw_request(request: InstitutionRequest, gap_request_id: UUID) -> HttpResponse:
    """Take back that somebody was asked."""
    rows = GapRequest.objects.select_related("case__patient", "case__assessment")
    row = get_object_or_404(rows, pk=gap_request_id)
    services.withdraw_request(request=row, by=request.user)
    return _done(request, row.case, row.item, "The request is withdrawn.")


@institution_view(Permission.CHECK_ACKNOWLEDGE)
@require_POST
def withdraw_acceptance(request: InstitutionRequest, gap_acceptance_id: UUID) -> HttpResponse:
    """Take an acceptance back."""
    rows = GapAcceptance.objects.select_related("case__patient", "case__assessment")
    row = get_object_or_404(rows, pk=gap_acceptance_id)
    services.withdraw_acceptance(acceptance=row, by=request.user)
    return _done(request, row.case, row.item, "The acceptance is withdrawn.")


def _gap_or_404(case: Case, code: str) -> ItemState:
    """The item as it stands, where it is a gap; what is there by now needs no form."""
    found = completeness_of(case).item(code)
    if found is None or not found.is_gap:
        raise Http404
    return found


def _table(case: Case) -> dict[str, Any]:
    found = completeness_of(case)
    return {"completeness": found, "groups": _groups(found)}


def _groups(found: Completeness) -> list[dict[str, Any]]:
    """The items in the order in which somebody works on them."""
    accepted = found.accepted_gaps
    parts: list[tuple[str, Collection[ItemState]]] = [
        ("Missing or too old", found.open_gaps),
        ("Accepted gaps", accepted),
        ("There", [item for item in found.items if item.state is State.CURRENT]),
        ("Does not apply", [i for i in found.items if i.state is State.NOT_APPLICABLE]),
    ]
    return [{"name": name, "items": items} for name, items in parts if items]


def _form(
    request: InstitutionRequest, case: Case, state: ItemState, form: forms.Form, **words: str
) -> HttpResponse:
    """The form in its row, or on a page of its own without JavaScript."""
    record(action="case.read", subject=case, by=request.user)
    if not form.is_bound:
        # Else the summary of its errors takes the focus.
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "cases/parts/gap_form.html" if is_part else "cases/gap_form.html"
    context = {"case": case, "state": state, "form": form, "is_part": is_part, **words}
    response = render(request, template, context, status=INVALID if form.errors else None)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _done(request: InstitutionRequest, case: Case, item: str, news: str) -> HttpResponse:
    """The table anew, with the news for screen readers; a page without JavaScript."""
    page = reverse("case_completeness", args=[request.institution.slug, case.pk])
    if not request.htmx or request.htmx.current_url_abs_path != page:
        messages.success(request, news)
        address = f"{page}#item-{item}"
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    record(action="case.read", subject=case, by=request.user)
    context = {"case": case, "news": news, **_table(case)}
    response = render(request, "cases/parts/completeness_table.html", context)
    response["HX-Retarget"] = "#completeness"
    response["HX-Reswap"] = "outerHTML"
    return response
