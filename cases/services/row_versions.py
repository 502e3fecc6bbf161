"""What two people editing one row compare: the newest entry of its history."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import models

from cases.models import Case, Patient
from cases.services.errors import Changed
from tumorboard.accounts.models import User
from tumorboard.vault.fields import SealedPartField

#: The version of a row that nobody has written yet.
NOT_THERE = 0


class FieldChange(NamedTuple):
    """One column that somebody else wrote in between.

    `before` is None where the column was empty, the row was not there, or nobody kept what it
    held. `by` is the person's name; empty where no person did it.
    """

    field: str
    before: Any
    now: Any
    by: str
    at: datetime.datetime


class RowChanged(Changed):
    """Somebody else wrote the row since the version seen; `changes` says what."""

    def __init__(self, *, seen: int, current: int, changes: list[FieldChange]) -> None:
        super().__init__(seen=seen, current=current)
        self.changes = changes


def version_of(row: models.Model | None) -> int:
    """The id of the newest entry in the history of `row`; `NOT_THERE` without one.

    Args:
        row: of a model with `keep_history`, or None where there is no row yet.
    """
    if row is None:
        return NOT_THERE
    newest = _events(row).order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return int(newest or NOT_THERE)


def check_row_version(
    row: models.Model, *, if_match: int | None, fields: Collection[str] | None = None
) -> int:
    """Refuse a write that was made looking at an older version of `row`; the current version.

    Takes the lock under which the row is written, so that what it finds still holds when the
    caller writes in the same transaction.

    Args:
        if_match: what `version_of` said when the row was shown; None does not check.
        fields: the columns that the caller writes; all of them where not given. What others
            wrote in other columns is no conflict: services write only what they are given.

    Raises:
        RowChanged: with what was written in `fields` since.
    """
    lock_row(row)
    current = version_of(row)
    if if_match is None or if_match == current:
        return current
    changes = changes_since(row, version=if_match, fields=fields)
    if changes:
        raise RowChanged(seen=if_match, current=current, changes=changes)
    return current


def changes_since(
    row: models.Model, *, version: int, fields: Collection[str] | None = None
) -> list[FieldChange]:
    """What was written into `row` after `version`, one entry for each column, in their order.

    A column that was changed and changed back is none. Of several writers the last is named.
    """
    entries = list(_events(row).filter(pgh_id__gte=version).order_by("pgh_id"))
    first = entries[0] if entries and entries[0].pgh_id == version else None
    later = entries[1:] if first else entries
    if not later:
        return []
    names = [name for name in columns_of(row) if fields is None or name in fields]
    for entry in entries:
        # What is sealed opens with what the row has at hand.
        entry.pgh_obj = row
    writers: dict[str, Any] = {}
    previous = first
    for entry in later:
        for name in names:
            if _value(previous, name) != _value(entry, name):
                writers[name] = entry
        previous = entry
    people = _names_of(writers)
    return [
        FieldChange(
            field=name,
            before=_value(first, name),
            now=_value(later[-1], name),
            by=people.get(_person_of(writers[name]), ""),
            at=writers[name].pgh_created_at,
        )
        for name in names
        if name in writers and _value(first, name) != _value(later[-1], name)
    ]


def columns_of(row: models.Model) -> list[str]:
    """The columns of `row` that its history keeps and that a person types or chooses."""
    columns: list[Any] = list(row._meta.fields)
    kept = {field.name for field in _event_model(row)._meta.concrete_fields}
    return [
        field.name
        for field in columns
        if (field.name in kept or isinstance(field, SealedPartField))
        and field.editable
        and not (field.primary_key or field.is_relation)
    ]


def _value(entry: Any, name: str) -> Any:
    """What a column held; empty is the same as nothing."""
    value = getattr(entry, name, None)
    return None if value == "" else value


def _person_of(entry: Any) -> str:
    return str((entry.pgh_context or {}).get("person", ""))


def _names_of(writers: Mapping[str, Any]) -> dict[str, str]:
    ids = {_person_of(entry) for entry in writers.values()} - {""}
    return {str(person.pk): person.name for person in User.objects.filter(pk__in=ids)}


def _event_model(row: models.Model) -> Any:
    return row.pgh_event_model  # type: ignore[attr-defined]


def _events(row: models.Model) -> models.QuerySet[Any]:
    """The history of one row. The institution comes first in the index that finds it."""
    events: models.QuerySet[Any] = _event_model(row).objects.filter(
        institution_id=row.institution_id,  # type: ignore[attr-defined]
        pgh_obj_id=row.pk,
    )
    return events


def lock_row(row: Any) -> None:
    """Lock what services lock before they write into `row`: its case, else its patient."""
    if isinstance(row, Case):
        rows = Case.objects.filter(pk=row.pk)
    elif hasattr(row, "case_id"):
        rows = Case.objects.filter(pk=row.case_id)
    elif hasattr(row, "patient_id"):
        rows = Patient.objects.filter(pk=row.patient_id)
    else:
        rows = type(row).objects.filter(pk=row.pk)
    # Evaluated: a queryset alone takes no lock.
    list(rows.select_for_update().values_list("pk"))
