"""The page on which one study's measurements of all lesions are entered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases.models import Study
from cases.selectors.lesion_words import STATES, mm_words
from cases.selectors.lesions import LesionRecord, lesions_of
from cases.selectors.offered_measurements import offered_for
from cases.services import measurements as services
from cases.services.measurements import EntriesChanged, Entry, InvalidEntries
from cases.services.row_versions import RowChanged, version_of
from cases.web.conflicts import conflicts_in
from cases.web.errors import errors_on, form_page
from cases.web.forms.measurement_cells import Row
from cases.web.forms.measurements import (
    BLANK_ROWS,
    BLANK_ROWS_LATER,
    MORE_ROWS,
    MOST_ROWS,
    GridForm,
)
from cases.web.found import study_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

TEMPLATE = "cases/measurements.html"


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Enter or correct what a study says of every lesion, all in one go."""
    study = study_or_404(study_id)
    lesions = lesions_of(study.case)
    context: dict[str, Any] = {"study": study, "case": study.case}
    if "more" in request.POST:
        typed = {name: request.POST.get(name) for name in request.POST}
        rows = min(_blank_rows(request, lesions) + MORE_ROWS, MOST_ROWS)
        form = _form(study, lesions, rows, initial={**typed, "blank_rows": rows})
        return render(request, TEMPLATE, {**context, "form": form})
    form = _form(study, lesions, _blank_rows(request, lesions), data=request.POST or None)
    if form.is_valid():
        with errors_on(form):
            _save(request, study, form)
            messages.success(request, _done(form))
            if "and_result" in request.POST:
                return redirect("result_enter", request.institution.slug, study.pk)
            return redirect("lesions", request.institution.slug, study.case_id)
    return form_page(request, TEMPLATE, {**context, "form": form})


def _form(study: Study, lesions: LesionRecord, blank_rows: int, **more: Any) -> GridForm:
    sheet = lesions.sheets.get(study.pk)
    offered = offered_for(study)
    return GridForm(
        study=study,
        lesions=lesions.lesions,
        stored={row.lesion_id: row for row in lesions.on(study)},
        before=_before(study, lesions),
        sheet=sheet,
        versions=services.versions_on(study),
        sheet_version=version_of(sheet),
        is_first=services.is_first(study),
        blank_rows=min(max(blank_rows, len(offered)), MOST_ROWS),
        offered=offered,
        **more,
    )


def _blank_rows(request: InstitutionRequest, lesions: LesionRecord) -> int:
    typed = request.POST.get("blank_rows", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 4:
        return min(int(typed), MOST_ROWS)
    return BLANK_ROWS_LATER if lesions.lesions else BLANK_ROWS


def _before(study: Study, lesions: LesionRecord) -> dict[Any, str]:
    """What each lesion was on the last study before this one that says anything of it."""
    said = {}
    for earlier in lesions.studies:
        if study.performed_on is None or earlier.performed_on >= study.performed_on:
            break
        for row in lesions.on(earlier):
            size = row.short_mm if row.short_mm and row.longest_mm is None else row.longest_mm
            words = mm_words(float(size)) if size is not None else STATES[row.state]
            said[row.lesion_id] = words
    return said


def _save(request: InstitutionRequest, study: Study, form: GridForm) -> None:
    """Save the grid; what is refused stands at its cell, and what others wrote beside it."""
    said = form.entries
    entries = [entry for _, entry in said]
    seen = form.cleaned_data.get("sheet_seen")
    try:
        services.save(
            study=study, entries=entries, sheet=form.sheet, sheet_seen=seen or 0, by=request.user
        )
    except InvalidEntries as error:
        raise services.Invalid(_by_cell(error, said)) from None
    except EntriesChanged as changed:
        _show(form, changed, said)
        raise
    except RowChanged as changed:
        form.conflicts = list(conflicts_in(form, changed.changes))
        form.data["sheet_seen"] = str(changed.current)
        raise


def _by_cell(error: InvalidEntries, said: Sequence[tuple[Row, Entry]]) -> dict[str, Sequence[str]]:
    """The reasons by the form's own fields; what no cell shows stands at what was seen."""
    reasons: dict[str, Sequence[str]] = {}
    for place, fields in error.rows.items():
        row, _ = said[place]
        for name, why in fields.items():
            shown = {"site": "place", "location": "place"}.get(name, name)
            head = ("label", "place", "role")
            is_there = row.lesion is None or shown not in head
            reasons[f"{row.prefix}_{shown if is_there and shown else 'state'}"] = why
    return reasons


def _show(form: GridForm, changed: EntriesChanged, said: Sequence[tuple[Row, Entry]]) -> None:
    """Put what others wrote beside what was typed, and take over what was left alone."""
    changes = [
        change._replace(field=f"{said[place][0].prefix}_{change.field}")
        for place, found in changed.rows.items()
        for change in found
    ]
    known = [change for change in changes if change.field in form.fields]
    form.conflicts = list(conflicts_in(form, known))
    for place in changed.rows:
        row, entry = said[place]
        version = changed.versions.get(entry.lesion.pk, 0) if entry.lesion else 0
        form.data[f"{row.prefix}_seen"] = str(version)


def _done(form: GridForm) -> str:
    if form.has_converted:
        return "The measurements were saved; sizes typed in cm are kept in mm."
    return "The measurements were saved."
