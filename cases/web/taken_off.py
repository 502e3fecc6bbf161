"""What somebody typed on a case that was taken off the list meanwhile: kept, and to copy.

Of its decision or of an opinion; nothing here says anything of the case.
"""

from collections.abc import Iterator
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from cases.services import form_drafts
from cases.services.errors import Invalid
from cases.web.decision_form import FORM as DECISION
from cases.web.forms.decision_fields import People
from cases.web.forms.decisions import DecisionForm
from cases.web.forms.opinions import FORM as OPINION
from cases.web.forms.opinions import OpinionForm
from tumorboard.accounts.access import InstitutionRequest
from tumorboard.accounts.selectors import members

#: What a form posts beside what is typed.
BESIDE = ("csrfmiddlewaretoken", form_drafts.NAME)


def taken_off_page(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """That no decision was saved for all, and what was typed; it names no patient."""
    people = People(owners=[(str(user.pk), user.name) for user, _ in members()])
    return _page(request, item_id, DECISION, DecisionForm(request.POST, people=people))


def opinion_taken_off_page(request: InstitutionRequest, item_id: UUID) -> HttpResponse:
    """The same of an opinion."""
    return _page(request, item_id, OPINION, OpinionForm(request.POST))


def _page(request: InstitutionRequest, item_id: UUID, name: str, form: forms.Form) -> HttpResponse:
    key = form_drafts.DraftKey(request.user.pk, name, str(item_id))
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in BESIDE}
    is_kept = True
    try:
        # Restoring and discarding post what stands in the form beside what is kept already.
        if "restore" not in typed and "discard" not in typed:
            form_drafts.keep(key=key, fields=typed)
    except Invalid:
        is_kept = False
    text = "\n\n".join(_in_words(form, request.POST))
    context = {"what": name, "typed": text, "is_kept": is_kept}
    return render(request, "boards/taken_off.html", context, status=409)


def _in_words(form: forms.Form, data: QueryDict) -> Iterator[str]:
    """Each field in which something stands, under its label."""
    for bound in form:
        value = data.get(bound.html_name, "").strip()
        if not value or bound.is_hidden:
            continue
        widget = bound.field.widget
        if isinstance(widget, forms.CheckboxInput):
            value = "Yes"
        labels = dict(_flat(getattr(widget, "choices", ())))
        yield f"{bound.label}:\n{labels.get(value, value)}"


def _flat(choices: object) -> Iterator[tuple[str, str]]:
    for code, label in choices:  # type: ignore[attr-defined]
        options = label if isinstance(label, list | tuple) else [(code, label)]
        for option, text in options:
            yield str(option), str(text)
