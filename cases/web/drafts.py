"""Where pages keep what is being typed, and how a form declares that it wants that."""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import template
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from cases.services import form_drafts
from cases.services.errors import Invalid
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.formats import moment

register = template.Library()


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: InstitutionRequest) -> HttpResponse:
    """Keep or discard a draft of the person who is signed in.

    A GET gives a fresh token against forgery: signing in again makes the one in a page that is
    still open worthless, and with it the form that somebody is typing into.
    """
    if request.method != "POST":
        return JsonResponse({"csrf": get_token(request)})
    key = form_drafts.key_of(request.POST.get(form_drafts.NAME, ""))
    if key is None or key.person != request.user.pk:
        return _refused(HTTPStatus.CONFLICT, "Somebody else is signed in now.")
    if "discard" in request.POST:
        form_drafts.discard(key=key)
        return JsonResponse({})
    try:
        draft = form_drafts.keep(key=key, fields=_parsed(request.POST.get("fields", "")))
    except Invalid as error:
        reasons = [reason for reasons in error.errors.values() for reason in reasons]
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(reasons))
    return JsonResponse({"saved_at": moment(draft.saved_at)})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _refused(status: HTTPStatus, reason: str) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=int(status))


@register.inclusion_tag("components/draft.html", takes_context=True)
def draft(context: template.Context, form: str, about: UUID | str = "") -> dict[str, Any]:
    """Inside a POST form: keep what is typed into it, and offer what was typed and not saved.

    Args:
        form: which form, such as "study".
        about: the id of the row that is changed, or of the case that something is added to.
    """
    request = context["request"]
    token = form_drafts.token_of(person=request.user, form=form, about=about)
    # A form that was just posted holds what was typed already.
    key = form_drafts.key_of(token) if request.method != "POST" else None
    return {
        "token": token,
        "institution": request.institution,
        "kept": form_drafts.kept(key=key) if key else None,
    }
