"""What is true of every local word: how its versions follow one another."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from guidance.editions.models.local_word import LocalWord

#: How far ahead the review of a local word may lie, in days: what nobody looks at goes stale.
LONGEST_REVIEW_DAYS = 5 * 366


class Overtaken(ValueError):
    """Somebody else changed the word meanwhile; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed this while you were working on it. Look at what is there now."
        )


def keep(word: LocalWord, *, also: Mapping[str, str] | None = None) -> None:
    """Check a new version of a word and save it.

    Args:
        also: what the caller found wrong, by field.

    Raises:
        ValidationError: a field cannot be accepted; the reasons stand by field.
        Overtaken: this version is there already.
    """
    _strip(word)
    errors: dict[str, Any] = {}
    fields = {field.name for field in word._meta.concrete_fields}
    typed = {field.name for field in word._meta.concrete_fields if field.editable} - {"by"}
    if word.is_withdrawn:
        typed.discard("review_on")
    elif word.review_on is not None and (fault := _review_fault(word.review_on)):
        errors["review_on"] = fault
    try:
        word.clean_fields(exclude=fields - typed)
    except ValidationError as error:
        errors.update(error.error_dict)
    errors.update(also or {})
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            word.save(force_insert=True)
    except IntegrityError as error:
        raise Overtaken from error


def _strip(word: LocalWord) -> None:
    for field in word._meta.concrete_fields:
        value = getattr(word, field.attname)
        if isinstance(value, str):
            setattr(word, field.attname, value.strip())


def _review_fault(date: datetime.date) -> str:
    days = (date - timezone.localdate()).days
    if days <= 0:
        return "Enter a day that is still to come."
    if days > LONGEST_REVIEW_DAYS:
        return "Enter a day within the next five years."
    return ""
