"""Writing the decision on one agenda item, beside what is known of the case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import AgendaItem, DecisionDraft
from cases.selectors import agendas
from cases.services import form_drafts
from cases.services.errors import Changed, Invalid, Refused
from cases.web.board_item import item_or_404, item_or_gone
from cases.web.decision_form import (
    as_typed,
    drafted,
    form_context,
    kept_text,
    key_of,
    picked,
    posted,
    restored,
    save_typed,
    taken,
    theirs_in,
)
from cases.web.decision_record import record_page
from cases.web.errors import add_errors
from cases.web.forms.decision_rows import (
    fitting,
    typed_rows,
    with_row_added,
    with_rows_taken,
    without_row,
)
from cases.web.forms.decisions import DecisionForm
from cases.web.item_screen import item_screen, sections_beside
from cases.web.taken_off import taken_off_page
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record, record_once

#: Names of the buttons that change the rows and save nothing.
ROW_BUTTONS = ("add-row", "remove-row", "refresh-rows", "take-over", "pick-option")
#: Names of the buttons that answer to what was typed and could not be saved.
KEPT_BUTTONS = ("restore", "discard")


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "POST"])
def decision(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The decision of one item: written here, and once signed, the record."""
    if request.method == "POST":
        listed = item_or_gone(item_id)
        if Permission.DECISION_WRITE not in request.permissions:
            raise PermissionDenied
        if listed is None:
            return taken_off_page(request, item_id)
        item = listed
        if not any(button in request.POST for button in (*ROW_BUTTONS, *KEPT_BUTTONS)):
            return _save(request, item)
        form = _changed(request, item)
        if request.htmx:
            is_row = any(button in request.POST for button in ROW_BUTTONS)
            part = "recommendations" if is_row else "decision_form"
            return _part(request, item, form, f"boards/{part}.html")
        return _page(request, item, form)
    item = item_or_404(item_id)
    signed = agendas.decision_of(item)
    record(action="decision.read", subject=item.case, by=request.user)
    if signed is not None and not _is_amended(request, item):
        return record_page(request, item, signed)
    return _page(request, item, drafted(request, item))


@institution_view(Permission.DECISION_WRITE)
@require_safe
def decision_form(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The form alone, as a part of another page."""
    item = item_or_404(item_id)
    record(action="decision.read", subject=item.case, by=request.user)
    return _part(request, item, drafted(request, item), "boards/decision_form.html")


def _changed(request: InstitutionRequest, item: AgendaItem) -> DecisionForm:
    """The form as typed, with other rows or with what was kept; nothing is saved yet."""
    if "discard" in request.POST:
        form_drafts.discard(key=key_of(request, item))
        return drafted(request, item)
    if "restore" in request.POST:
        kept = kept_text(request, item)
        return restored(request, item, kept) if kept else drafted(request, item)
    typed = as_typed(request, item, request.POST)
    rows = fitting(typed_rows(request.POST), typed.codes)
    if "add-row" in request.POST:
        rows = with_row_added(rows)
    if "remove-row" in request.POST:
        rows = without_row(rows, request.POST["remove-row"])
    if "take-over" in request.POST:
        rows = with_rows_taken(rows, taken(item, request.POST["take-over"]))
    if "pick-option" in request.POST:
        rows = with_rows_taken(rows, picked(item, request.POST["pick-option"]))
    return as_typed(request, item, request.POST, rows)


def _save(request: InstitutionRequest, item: AgendaItem) -> HttpResponse:
    form = posted(request, item, request.POST)
    if not form.is_valid():
        return _page(request, item, form, status=422)
    try:
        save_typed(request, item, form)
    except Invalid as error:
        add_errors(form, form.placed(error))
        return _page(request, item, form, status=422)
    except Changed as error:
        return _changed_page(request, item, error)
    except Refused as error:
        if not AgendaItem.objects.filter(pk=item.pk).exists():
            return taken_off_page(request, item.pk)
        messages.error(request, str(error))
        return redirect("decision", request.institution.slug, item.pk)
    form_drafts.discard(key=key_of(request, item))
    messages.success(request, "The draft is saved.")
    page = "decision_sign" if "sign" in request.POST else "decision"
    return redirect(page, request.institution.slug, item.pk)


def _changed_page(request: InstitutionRequest, item: AgendaItem, error: Changed) -> HttpResponse:
    """What was typed, beside what somebody else saved; saving again now replaces that."""
    form = posted(request, item, {**request.POST.dict(), "version": error.current})
    form.add_error(None, str(error))
    return _page(request, item, form, status=409, **theirs_in(item))


def _is_amended(request: InstitutionRequest, item: AgendaItem) -> bool:
    """Whether the reader writes a further version of the signed decision.

    `?record` shows what is signed to them too.
    """
    if Permission.DECISION_WRITE not in request.permissions or "record" in request.GET:
        return False
    return DecisionDraft.objects.filter(agenda_item=item, amends__isnull=False).exists()


def _part(
    request: InstitutionRequest, item: AgendaItem, form: DecisionForm, template: str
) -> HttpResponse:
    _note(request, item)
    return render(request, template, form_context(request, item, form))


def _note(request: InstitutionRequest, item: AgendaItem) -> None:
    """Whoever is shown the form has read the case, also where it comes back with errors."""
    record_once(action="decision.read", subject=item.case, by=request.user)


def _page(
    request: InstitutionRequest,
    item: AgendaItem,
    form: DecisionForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    _note(request, item)
    screen = item_screen(request, item)
    context = {
        **screen,
        **sections_beside(screen["briefing"]),
        **form_context(request, item, form),
        **more,
    }
    return render(request, "boards/decision.html", context, status=status)
