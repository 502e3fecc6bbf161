"""Pages of cases: the start page, the list, one case, opening and changing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.selectors import agendas, candidates
from cases.selectors import cases as selectors
from cases.selectors.tasks import overdue_count
from cases.services import cases as services
from cases.services import patients
from cases.web.case_page import page_of
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.cases import CaseForm, NewCaseForm
from cases.web.found import case_or_404
from cases.web.launched_patient import first_words
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.ehrs import contexts
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: How many lines of each list the start page shows.
FIRST_LINES = 10


@institution_view(Permission.CASE_READ)
@require_safe
def overview(request: InstitutionRequest) -> HttpResponse:
    """What a coordinator starts the day with."""
    waiting = candidates.page(size=FIRST_LINES)
    recent = list(selectors.search()[:FIRST_LINES])
    record(
        action="overview.read",
        subject=request.institution,
        by=request.user,
        shown=[*(line.case.pk for line in waiting.lines), *(case.pk for case in recent)],
    )
    context = {
        "meetings": agendas.coming_meetings()[:5],
        "waiting": waiting.lines,
        "more_waiting": waiting.has_next,
        "overdue_tasks": overdue_count(request.user),
        "recent": recent,
    }
    return render(request, "cases/overview.html", context)


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The page of a case."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    return render(request, "cases/case.html", page_of(case, granted=request.permissions))


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest) -> HttpResponse:
    """Open a case, with its patient and the first answers, all or nothing."""
    form = NewCaseForm(request.POST or None, initial=first_words(request))
    if form.is_valid():
        with errors_on(form):
            case = _open(form, by=request.user)
            contexts.forget(request)
            messages.success(request, "The case was opened.")
            return redirect("case", request.institution.slug, case.pk)
    _note_reading(form, by=request.user)
    return form_page(request, "cases/new.html", {"form": form})


@institution_view(Permission.CASE_WRITE)
@require_POST
def duplicates(request: InstitutionRequest) -> HttpResponse:
    """Who is here already and may be the patient typed so far; nothing is written.

    Posted, so that what was typed does not stand in an address.
    """
    form = NewCaseForm(request.POST, asks=False)
    form.full_clean()
    _note_reading(form, by=request.user)
    return render(request, "cases/parts/duplicates.html", {"form": form})


def _note_reading(form: NewCaseForm, *, by: Any) -> None:
    """Whoever is shown beside what was typed has been read."""
    for found in form.candidates:
        record(action="patient.read", subject=found.patient, by=by)


def _open(form: NewCaseForm, *, by: Any) -> Any:
    patient = form.chosen or patients.add(**form.person, by=by)
    return services.open_case(patient=patient, by=by, answers=form.answers, **form.head)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Change what stands at the head of a case."""
    case = case_or_404(case_id)
    initial = {name: getattr(case, name) for name in CaseForm.base_fields}
    form = CaseForm(request.POST or None, initial=initial)
    watch(form, case)
    if form.is_valid():
        with errors_on(form):
            services.change(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The case was changed.")
            return redirect("case", request.institution.slug, case.pk)
    return form_page(request, "cases/edit.html", {"form": form, "case": case})
