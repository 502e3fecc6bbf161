"""Two people at one form: the second sees what the first wrote, and keeps what they typed.

A view calls `watch(form, row)` right after making the form; its template has
`{% include "components/conflict.html" %}` first inside the `<form>`. Nothing else: a form that was
filled in looking at an older row is not valid, says who wrote what, and carries the new version,
so that saving again is a choice.
"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from django import forms
from django.db import models

from cases.services.row_versions import (
    NOT_THERE,
    FieldChange,
    RowChanged,
    check_row_version,
    columns_of,
    version_of,
)
from cases.web.forms.answers import is_same, state
from cases.web.forms.known import initial_of
from tumorboard.formats import day

#: The name under which a form carries the version of the row that was shown.
SEEN = "row_version"
#: The same of a second row, of which the form writes one column.
SEEN_BESIDE = "beside_version"
VERSION = re.compile(r"\d{1,18}", re.ASCII)
EMPTY = "empty"


class FieldConflict(NamedTuple):
    """A field that somebody else wrote in between, in words.

    `yours` is empty where this person left the field alone: then it holds what is there now.
    """

    name: str
    label: str
    before: str
    now: str
    yours: str
    by: str
    at: datetime.datetime


def watch(form: Any, row: models.Model | None) -> None:
    """Let `form` carry the version of `row`, and refuse it where somebody else wrote since.

    Sets `form.row_version` and `form.conflicts` for `components/conflict.html`. A posted form
    locks the row until the end of the request, so that nobody writes between this and the save.

    Args:
        form: its fields are named as the columns of `row`.
        row: of a model with history; None where there is no row yet.
    """
    form.conflicts = []
    if row is None or not form.is_bound:
        form.row_version = version_of(row)
        return
    written = [name for name in columns_of(row) if name in form.fields]
    form.row_version = _refuse_changed(form, row, seen=_seen(form, SEEN), written=written)


def watch_beside(form: Any, row: models.Model, column: str) -> None:
    """Let `form` carry the version of a second row too, of which it writes `column`.

    After `watch`. Sets `form.beside_version`, which the template carries as `beside_version`, and
    adds to `form.conflicts`.
    """
    if not form.is_bound or column not in form.data:
        form.beside_version = version_of(row)
        return
    seen = _seen(form, SEEN_BESIDE)
    form.beside_version = _refuse_changed(form, row, seen=seen, written=[column])


def _refuse_changed(form: Any, row: models.Model, *, seen: int, written: list[str]) -> int:
    """Refuse `form` where somebody else wrote `written` since `seen`; the current version."""
    try:
        return check_row_version(row, if_match=seen, fields=written)
    except RowChanged as changed:
        conflicts = list(conflicts_in(form, changed.changes))
        if conflicts and not form.conflicts:
            form.add_error(None, str(changed))
        form.conflicts += conflicts
        return changed.current


def _seen(form: forms.Form, name: str) -> int:
    """The version that was shown with the posted form; a form that says none has seen nothing."""
    text = form.data.get(name, "")
    return int(text) if VERSION.fullmatch(text) else NOT_THERE


def conflicts_in(form: Any, changes: list[FieldChange]) -> Iterator[FieldConflict]:
    """Each change that this person did not type too; what they left alone is taken over."""
    refused = set(form.errors)
    form.data = form.data.copy()
    for change in changes:
        field = form.fields[change.field]
        typed = form.cleaned_data.get(change.field)
        is_wrong = change.field in refused
        if not is_wrong and says_same(typed, change.now):
            continue
        left_alone = not is_wrong and says_same(typed, change.before)
        if left_alone:
            _take_over(form, change)
        yield FieldConflict(
            name=change.field,
            label=form[change.field].label,
            before=words_of(field, change.before),
            now=words_of(field, change.now),
            yours="" if left_alone else _typed_words(form, change.field, typed),
            by=change.by,
            at=change.at,
        )


def _typed_words(form: Any, name: str, typed: Any) -> str:
    """What was typed; as it was typed where it could not be read."""
    if name in form.errors:
        return ", ".join(form.data.getlist(form.add_prefix(name))) or EMPTY
    return words_of(form.fields[name], typed)


def _take_over(form: Any, change: FieldChange) -> None:
    field = form.fields[change.field]
    stored = SimpleNamespace(**{change.field: change.now})
    field.initial = initial_of(stored, [change.field])[change.field]
    state(form.data, form.add_prefix(change.field), field)


def says_same(one: Any, other: Any) -> bool:
    """Whether a typed and a kept value say the same."""
    return is_same(_plain(one), _plain(other))


def _plain(value: Any) -> Any:
    """A value without what typing and keeping it changes; empty is the same as nothing."""
    if isinstance(value, str):
        # A browser posts every end of a line in its own way.
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, float):
        return Decimal(repr(value))
    return None if value == [] else value


def words_of(field: forms.Field, value: Any) -> str:
    """A value as the page of its form would say it."""
    if isinstance(value, list):
        return ", ".join(words_of(field, entry) for entry in value) or EMPTY
    code = str(value).lower() if isinstance(value, bool) else "" if value is None else value
    label = _choices(field).get(str(code))
    if label is not None:
        return label
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.date):
        return day(value)
    return str(code).strip() or EMPTY


def _choices(field: forms.Field) -> dict[str, str]:
    """The words of a field's codes, those in groups too."""
    words: dict[str, str] = {}
    for code, label in getattr(field, "choices", ()):
        options = label if isinstance(label, list | tuple) else [(code, label)]
        words.update((str(option), str(text)) for option, text in options)
    return words
