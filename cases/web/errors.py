"""What services refuse, as the case pages say it: the one place that translates."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.db import transaction

from cases.services.errors import Changed, Invalid, Refused
from guidance.engine.dictionary import DICTIONARY


@contextmanager
def errors_on(form: forms.Form) -> Iterator[None]:
    """Run writes; what a service refuses stands on `form` afterwards, and nothing is written.

    A reason for a field that the form has stands by that field; any other stands at the top.
    """
    try:
        with transaction.atomic():
            yield
    except Invalid as error:
        add_errors(form, error)
    except (Changed, Refused) as error:
        form.add_error(None, str(error))


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
