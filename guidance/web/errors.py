"""What the services of local policy refuse, as a form says it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from guidance.editions.local_words import Overtaken


@contextmanager
def errors_on(form: forms.Form) -> Iterator[None]:
    """Run writes; what is refused stands on `form` afterwards, and nothing is written."""
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        for field, reasons in error.message_dict.items():
            form.add_error(field if field in form.fields else None, reasons)
    except Overtaken as error:
        form.add_error(None, str(error))
