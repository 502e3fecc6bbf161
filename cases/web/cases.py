"""Pages of cases: the start page, the list, one case, opening and changing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from cases.models.case import Readiness
from cases.selectors import agendas
from cases.selectors import cases as selectors
from cases.services import cases as services
from cases.services import facts, patients
from cases.web.case_page import page_of
from cases.web.errors import errors_on, form_page
from cases.web.forms.cases import CaseForm, NewCaseForm
from cases.web.found import case_or_404
from cases.web.numbers import page_number
from guidance.editions import shelf
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import scenario

#: How many lines of each list the start page shows.
FIRST_LINES = 10
#: How many cases one page of the list shows.
PAGE_SIZE = 50
OTHER_SCENARIOS = ("UNDETERMINED", "CONFLICT")


@institution_view(Permission.CASE_READ)
@require_safe
def overview(request: InstitutionRequest) -> HttpResponse:
    """What a coordinator starts the day with."""
    waiting = list(agendas.queue()[: FIRST_LINES + 1])
    context = {
        "meetings": agendas.coming_meetings()[:5],
        "waiting": waiting[:FIRST_LINES],
        "more_waiting": len(waiting) > FIRST_LINES,
        "recent": selectors.search()[:FIRST_LINES],
    }
    return render(request, "cases/overview.html", context)


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def case_list(request: InstitutionRequest) -> HttpResponse:
    """All cases, by what is typed and by filters; only the table for a live search.

    What is typed is posted: it may be a name, and an address ends up in logs. Filters alone may
    be linked to.
    """
    given = request.POST if request.method == "POST" else request.GET
    filters = {name: given.get(name, "") for name in ("readiness", "scenario")}
    typed = request.POST.get("q", "")
    found = selectors.search(text=typed, **filters)
    number = page_number(given.get("page", ""))
    edition = shelf.adopted()
    names = [*edition.catalogue.scenarios, *OTHER_SCENARIOS]
    context = {
        **filters,
        "q": typed,
        "page": selectors.page(found, number=number, size=PAGE_SIZE),
        "is_filtered": bool(typed or any(filters.values())),
        "readiness_choices": Readiness.choices,
        "scenario_choices": [(name, scenario(name, edition.version)) for name in names],
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "cases/parts/case_table.html" if is_part else "cases/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


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
    form = NewCaseForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            case = _open(form, by=request.user)
            messages.success(request, "The case was opened.")
            return redirect("case", request.institution.slug, case.pk)
    return form_page(request, "cases/new.html", {"form": form})


def _open(form: NewCaseForm, *, by: Any) -> Any:
    patient = form.patient or patients.add(**form.person, by=by)
    case = services.open_case(
        patient=patient,
        title=form.cleaned_data["title"],
        board_question=form.cleaned_data["board_question"],
        by=by,
    )
    return facts.answer(case=case, answers=form.answers, by=by)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Change title and board question."""
    case = case_or_404(case_id)
    head = {"title": case.title, "board_question": case.board_question}
    form = CaseForm(request.POST or None, initial={**head, "version": case.version})
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in head}
        with errors_on(form):
            services.change(
                case=case, by=request.user, if_match=form.cleaned_data["version"], **fields
            )
            messages.success(request, "The case was changed.")
            return redirect("case", request.institution.slug, case.pk)
    context = {"form": form, "case": case, "theirs": _theirs(form, head, case.version)}
    return form_page(request, "cases/edit.html", context)


def _theirs(form: CaseForm, head: dict[str, str], version: int) -> dict[str, str]:
    """What somebody else wrote in between, by label; saving again is then a choice."""
    if not form.is_bound or form.cleaned_data.get("version") in (None, version):
        return {}
    form.data = form.data.copy()
    form.data["version"] = str(version)
    return {
        form.fields[name].label: value
        for name, value in head.items()
        if form.cleaned_data.get(name) != value
    }
