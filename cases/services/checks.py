"""Checks that every write goes through."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from cases.services.errors import Changed, Invalid

WHOLE = ""


def check(row: models.Model) -> None:
    """Check a row's fields and constraints before it is saved.

    Raises:
        Invalid: with the reasons for each field.
    """
    try:
        row.full_clean(exclude=_not_typed(row))
    except ValidationError as error:
        raise Invalid(
            {
                WHOLE if field == "__all__" else field: [str(reason) for reason in reasons]
                for field, reasons in error.message_dict.items()
            }
        ) from error


def check_version(*, current: int, if_match: int | None) -> None:
    """Refuse a write that was made looking at an older version.

    Raises:
        Changed: `if_match` is given and is not `current`.
    """
    if if_match is not None and if_match != current:
        raise Changed(seen=if_match, current=current)


def _not_typed(row: models.Model) -> set[str]:
    """References and computed columns: set by code, not typed, and checked by the database."""
    fields: list[Any] = list(row._meta.concrete_fields)
    return {
        field.name
        for field in fields
        if field.is_relation or not field.editable or field.primary_key
    }
