"""What services refuse, as the case pages say it: the one place that translates."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.models import Case, Patient
from cases.services.errors import Changed, Invalid, Refused
from cases.services.fact_answers import checked
from cases.services.form_drafts import discard_saved
from guidance.engine.dictionary import DICTIONARY
from tumorboard.audit.record import record_once

#: The status of a page whose form has errors; htmx swaps it in.
INVALID = 422


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with `form`; it says in its status whether the form has errors.

    Whose case or patient stands beside the form has been read.
    """
    shown = context.get("case") or context.get("patient")
    if isinstance(shown, Case | Patient):
        action = "case.read" if isinstance(shown, Case) else "patient.read"
        record_once(action=action, subject=shown, by=request.user)
    status = INVALID if context["form"].errors else None
    return render(request, template, context, status=status)


@contextmanager
def errors_on(form: forms.Form) -> Iterator[None]:
    """Run writes; what a service refuses stands on `form` afterwards, and nothing is written.

    A reason for a field that the form has stands by that field; any other stands at the top.
    What was kept of the form while it was typed goes with the save.
    """
    try:
        with transaction.atomic():
            yield
            discard_saved(form.data)
    except Invalid as error:
        add_errors(form, error)
    except (Changed, Refused) as error:
        form.add_error(None, str(error))


def check_answers(form: forms.Form, names: Iterable[str]) -> None:
    """Check the answers of `form` as the service will, so that all its errors come at once."""
    given = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
    try:
        checked(given)
    except Invalid as error:
        add_errors(form, error)


def add_errors(form: forms.Form, error: Invalid) -> None:
    """Put the reasons of `error` on `form`."""
    for field, reasons in error.errors.items():
        for reason in reasons:
            if field in form.fields:
                form.add_error(field, reason)
            else:
                form.add_error(None, f"{_label(field)}: {reason}" if field else reason)


def _label(field: str) -> str:
    return DICTIONARY[field].label if field in DICTIONARY else field.replace("_", " ").capitalize()
