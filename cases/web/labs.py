"""Pages of laboratory values."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case, LabResult
from cases.selectors.analytes import OTHER, catalogue
from cases.selectors.lab_points import digits
from cases.selectors.lab_results import Series, one, results_of, series_of
from cases.services import lab_results as services
from cases.services.errors import Invalid
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.labs import MOST_LINES, LabGridForm, LabPasteForm, LabResultForm, Line
from cases.web.found import case_or_404
from cases.web.lab_page import labs_page
from cases.web.lab_text import Pasted, read
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import day

FIRST_PANEL = "markers"
#: How many values of another analyte are entered at once.
OTHER_LINES = 4
SHORT = "%d values were added."


@institution_view(Permission.CASE_READ)
@require_safe
def listing(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Every value by analyte and day, with multiples of the limit and trend."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    every_day = request.GET.get("days") == "all"
    context = labs_page(case, granted=request.permissions, every_day=every_day)
    return render(request, "cases/labs.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Enter the values of one panel and one day."""
    case = case_or_404(case_id)
    panels = catalogue().panels
    asked = request.GET.get("panel", "")
    panel = asked if asked in panels else FIRST_PANEL
    results = results_of(case)
    form = LabGridForm(
        request.POST or None,
        lines=_panel_lines(panel, results),
        initial={"laboratory": results[-1].laboratory if results else ""},
    )
    saved = _save(request, case, form)
    context = {"case": case, "form": form, "panel": panel, "panels": panels.items()}
    return saved or form_page(request, "cases/labs_new.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Read pasted values into a grid that is checked by a person and then saved."""
    case = case_or_404(case_id)
    form = LabPasteForm(request.POST or None)
    if not form.is_valid():
        return form_page(request, "cases/labs_paste.html", {"case": case, "form": form})
    pasted = read(form.cleaned_data["text"])
    lines = _pasted_lines(pasted)
    if not lines:
        form.add_error("text", "No line was understood. Each needs a name, a value and a unit.")
        return form_page(request, "cases/labs_paste.html", {"case": case, "form": form})
    grid = LabGridForm(
        request.POST if "confirmed" in request.POST else None, lines=lines, dated=True
    )
    saved = _save(request, case, grid)
    context = {"case": case, "form": grid, "text": form.cleaned_data["text"], "pasted": pasted}
    return saved or form_page(request, "cases/labs_pasted.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, lab_result_id: UUID) -> HttpResponse:
    """Correct a value."""
    result = _result_or_404(lab_result_id)
    initial = initial_of(result, list(LabResultForm.base_fields.keys() - {"as_reported"}))
    for name in ("value", "lower_limit", "upper_limit"):
        number = getattr(result, name)
        initial[name] = "" if number is None else digits(number)
    form = LabResultForm(request.POST or None, initial=initial)
    watch(form, result)
    if form.is_valid():
        with errors_on(form):
            services.change(lab_result=result, by=request.user, **form.cleaned_data)
            messages.success(request, "The value was changed.")
            return redirect("labs", request.institution.slug, result.case_id)
    context = {"case": result.case, "result": result, "form": form}
    return form_page(request, "cases/lab_result.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def remove(request: InstitutionRequest, lab_result_id: UUID) -> HttpResponse:
    """Take back a value that was entered by mistake."""
    result = _result_or_404(lab_result_id)
    services.remove(lab_result=result, by=request.user)
    messages.success(request, "The value was removed.")
    return redirect("labs", request.institution.slug, result.case_id)


def _save(request: InstitutionRequest, case: Case, form: LabGridForm) -> HttpResponse | None:
    """Save a grid; None where it has to be shown (again)."""
    if not form.is_valid():
        return None
    with errors_on(form):
        try:
            confirmed = form.cleaned_data["as_reported"]
            added = services.add_many(
                case=case, rows=form.rows, by=request.user, as_reported=confirmed
            )
        except Invalid as error:
            raise Invalid(form.placed(error.errors)) from None
        words = "The value was added." if len(added) == 1 else SHORT % len(added)
        messages.success(request, words)
        return redirect("labs", request.institution.slug, case.pk)
    return None


def _panel_lines(panel: str, results: list[LabResult]) -> list[Line]:
    """A line for each analyte of the panel, with unit and limits as they last were."""
    if panel == OTHER:
        return [Line(OTHER)] * OTHER_LINES
    series = series_of(results)
    return [
        _line(analyte.code, analyte.usual_unit, one(series, analyte.code))
        for analyte in catalogue().in_panel(panel)
    ]


def _line(code: str, unit: str, before: Series | None) -> Line:
    if before is None:
        return Line(code, {"unit": unit})
    last = before.latest
    initial: Mapping[str, Any] = {
        "unit": last.result.unit,
        "lower": _text(last.result.lower_limit),
        "upper": _text(last.result.upper_limit),
    }
    return Line(code, initial, f"{last.words}, {day(last.result.taken_on)}")


def _text(number: Any) -> str:
    return "" if number is None else digits(number)


def _pasted_lines(pasted: Pasted) -> list[Line]:
    return [
        Line(
            value.analyte,
            {
                "analyte": value.analyte,
                "reading": value.reading,
                "unit": value.unit,
                "lower": value.lower,
                "upper": value.upper,
                "date": value.taken_on,
            },
        )
        for value in pasted.values[:MOST_LINES]
    ]


def _result_or_404(lab_result_id: UUID) -> LabResult:
    rows = LabResult.objects.select_related("case__patient")
    return get_object_or_404(rows, pk=lab_result_id)
