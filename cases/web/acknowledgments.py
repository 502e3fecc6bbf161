"""Pages on which a check is acknowledged, and an acknowledgment taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import Acknowledgment, AgendaItem, Case
from cases.selectors.acknowledgments import basis_of, history_of
from cases.selectors.annotated import AnnotatedAnswer, ShownCheck
from cases.selectors.annotations import annotations_of
from cases.selectors.words import fact_words
from cases.services import acknowledgments as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.acknowledgments import AcknowledgmentForm, WithdrawalForm
from cases.web.found import case_or_404
from guidance.editions import shelf
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: The board's pages from which a check may be acknowledged, and to which one comes back.
BOARD_PAGES = ("decision", "decision_sign")


@institution_view(Permission.CHECK_ACKNOWLEDGE)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: InstitutionRequest, case_id: UUID, code: str) -> HttpResponse:
    """Say why the case goes on beside a check; what was said of it before stands below."""
    case = case_or_404(case_id)
    check = _check_or_404(case, code)
    form = AcknowledgmentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.acknowledge(case=case, code=code, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "The check is acknowledged.")
            return _back(request, case)
    record(action="case.read", subject=case, by=request.user)
    context = {
        "form": form,
        "case": case,
        "check": check,
        "basis": _basis(case, code),
        "history": history_of(case, code=code),
        "back_url": _back(request, case).url,
        "query": request.GET.urlencode(),
    }
    return form_page(request, "cases/acknowledge.html", context)


@institution_view(Permission.CHECK_ACKNOWLEDGE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: InstitutionRequest, acknowledgment_id: UUID) -> HttpResponse:
    """Ask, then take an acknowledgment back."""
    rows = Acknowledgment.objects.select_related("case__patient", "case__assessment", "by")
    row = get_object_or_404(rows, pk=acknowledgment_id, withdraws=None)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.withdraw(acknowledgment=row, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "The acknowledgment is withdrawn.")
            return _back(request, row.case)
    record(action="case.read", subject=row.case, by=request.user)
    context = {
        "form": form,
        "case": row.case,
        "row": row,
        "back_url": _back(request, row.case).url,
    }
    return form_page(request, "cases/withdraw_acknowledgment.html", context)


def _check_or_404(case: Case, code: str) -> ShownCheck:
    """The raised check of that code: the one that is still open, if one of them is."""
    assessment = case.assessment
    checks = AnnotatedAnswer(assessment.answer, annotations_of(case, assessment)).pressing
    found = sorted((c for c in checks if c.code == code), key=lambda c: not c.is_open)
    if not found:
        raise Http404
    return found[0]


def _basis(case: Case, code: str) -> list[dict[str, Any]]:
    """The facts that the check rests on, in words."""
    assessment = case.assessment
    dictionary = shelf.edition(assessment.edition_version).dictionary
    return [
        {
            "label": dictionary[name].label,
            "value": fact_words(dictionary[name], assessment.facts),
            "is_unknown": name not in assessment.facts,
        }
        for name in basis_of(assessment, code)
        if name in dictionary
    ]


def _back(request: InstitutionRequest, case: Case) -> HttpResponseRedirect:
    """To the page of the board one came from, else to the case."""
    slug = request.institution.slug
    try:
        item = AgendaItem.objects.filter(pk=UUID(request.GET.get("item", "")), case=case).first()
    except ValueError:
        item = None
    page = request.GET.get("to")
    if item is not None and page in BOARD_PAGES:
        return redirect(page, slug, item.pk)
    return redirect(reverse("case", args=[slug, case.pk]) + "#checks")
