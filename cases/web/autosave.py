"""Saving a decision while it is typed, a good second after the last key.

What cannot be saved for all is kept for who typed it, with the reason: nothing typed is lost, and
nobody's text replaces another's unseen. The page speaks to this as `static/js/drafts.js` does.
"""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.models import AgendaItem
from cases.services import form_drafts
from cases.services.errors import Changed, Invalid, Refused
from cases.web.board_item import item_or_gone
from cases.web.decision_form import (
    key_about,
    last_of,
    posted,
    save_typed,
    theirs_in,
)
from cases.web.errors import add_errors
from cases.web.forms.decisions import DecisionForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

TAKEN_OFF = "This case was taken off the list. What you typed is kept for you."


@institution_view(Permission.DECISION_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def autosave(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """Save the draft as it is typed; a GET gives a fresh token against forgery."""
    item = item_or_gone(item_id)
    if request.method != "POST":
        return JsonResponse({"csrf": get_token(request)})
    key = form_drafts.key_of(request.POST.get(form_drafts.NAME, ""))
    if key is None or key != key_about(request, item_id):
        return _not_kept("Somebody else is signed in now.", HTTPStatus.CONFLICT)
    fields = _parsed(request.POST.get("fields", ""))
    try:
        form_drafts.keep(key=key, fields=fields)
    except Invalid as error:
        return _not_kept(_reasons(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    if item is None:
        return _refused(TAKEN_OFF, HTTPStatus.CONFLICT)
    form = posted(request, item, last_of(fields), is_unfinished=True)
    if not form.is_valid():
        return _invalid(form)
    try:
        draft = save_typed(request, item, form)
    except Invalid as error:
        add_errors(form, form.placed(error))
        return _invalid(form)
    except Changed as error:
        return _conflict(request, item, error)
    except Refused as error:
        is_listed = AgendaItem.objects.filter(pk=item.pk).exists()
        return _refused(str(error) if is_listed else TAKEN_OFF, HTTPStatus.CONFLICT)
    if not form.leaves_out:
        form_drafts.discard(key=key)
    at = f"{timezone.localtime(draft.changed_at):%H:%M}"
    return JsonResponse({"said": f"Saved {at}", "version": draft.version})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _invalid(form: DecisionForm) -> JsonResponse:
    """What cannot be saved for all, and why; it is kept for who typed it."""
    said = [
        f"{form.fields[name].label if name in form.fields else ''}: {' '.join(map(str, reasons))}"
        for name, reasons in form.errors.items()
    ]
    return _refused(" ".join(said), HTTPStatus.UNPROCESSABLE_ENTITY)


def _reasons(error: Invalid) -> str:
    return " ".join(reason for reasons in error.errors.values() for reason in reasons)


def _conflict(request: InstitutionRequest, item: AgendaItem, error: Changed) -> JsonResponse:
    theirs = theirs_in(item)
    context = {**theirs, "item": item, "institution": request.institution}
    html = render_to_string("boards/decision_theirs.html", context, request) if theirs else ""
    return JsonResponse(
        {"said": str(error), "html": html, "current": error.current}, status=HTTPStatus.CONFLICT
    )


def _refused(reason: str, status: HTTPStatus) -> JsonResponse:
    """Why it is not saved for all; it is kept for who typed it."""
    return JsonResponse({"said": reason}, status=int(status))


def _not_kept(reason: str, status: HTTPStatus) -> JsonResponse:
    """Why nothing of it is kept."""
    return JsonResponse({"reason": reason}, status=int(status))
