"""The versions of a resource: its row's history, counted; and rows as they stood.

Every insert, update and delete of a row leaves an entry (`tumorboard.audit.history`), and each is a
version. A resource that is composed of several rows says its versions itself (`Source.stand`).
"""

import copy
import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max
from django.db.models.base import ModelState

from cases.fhir.source import Source, Stand

INSERT, DELETE = "insert", "delete"


class Version(NamedTuple):
    """One entry of the history of one resource."""

    source: Source
    resource_id: str
    number: int
    at: datetime.datetime
    #: "insert", "update" or "delete".
    label: str
    #: The row as it stood; None where it was deleted by this version.
    row: Any


def events_of(source: Source) -> Any:
    """The table that holds the history of a source's rows; None where they have none."""
    return getattr(source.model, "pgh_event_model", None)


def stands_of(pairs: Sequence[tuple[Source, Any]]) -> list[Stand]:
    """The version in which each resource is now, in at most one query for each model."""
    own = [source.stand(row) for source, row in pairs]
    asked: dict[Any, set[UUID]] = {}
    for (source, row), stand in zip(pairs, own, strict=True):
        if stand is None and (events := events_of(source)) is not None:
            asked.setdefault(events, set()).add(row.pk)
    counted: dict[tuple[Any, UUID], tuple[int, datetime.datetime]] = {}
    for events, keys in asked.items():
        found = events.objects.filter(pgh_obj_id__in=keys).order_by().values_list("pgh_obj_id")
        for key, *said in found.annotate(Count("pk"), Max("pgh_created_at")):
            counted[events, key] = (said[0], said[1])
    return [
        stand
        or Stand(*(counted.get((events_of(source), row.pk)) or (1, stamp_of(source, row))), row)
        for (source, row), stand in zip(pairs, own, strict=True)
    ]


def stamp_of(source: Source, row: Any) -> datetime.datetime:
    """Since when a row without a history is as it is."""
    at: datetime.datetime = getattr(row, source.stamp)
    return at


def versions_of(source: Source, resource_id: str) -> list[Version]:
    """Every version of one resource, oldest first; empty where the caller knows of none.

    What the caller must not see has no entries for them either: the database hides both.
    """
    row = source.named([resource_id]).first()
    stand = source.stand(row) if row is not None else None
    if row is not None and stand is not None:
        stands = [*source.former(row), stand]
        return [
            Version(source, resource_id, each.number, each.since, _label(each.number), each.row)
            for each in stands
        ]
    events, key = events_of(source), source.row_id(resource_id)
    if events is not None and key is not None:
        entries = list(events.objects.filter(pgh_obj_id=key).order_by("pgh_id"))
        if entries:
            return _numbered(source, resource_id, entries, row)
    if row is None:
        return []
    return [Version(source, resource_id, 1, stamp_of(source, row), INSERT, row)]


def _numbered(source: Source, resource_id: str, entries: Iterable[Any], row: Any) -> list[Version]:
    found = []
    for number, entry in enumerate(entries, start=1):
        former = None if entry.pgh_label == DELETE else rebuilt(source, entry, row)
        if former is None or source.gives(former):
            found.append(
                Version(source, resource_id, number, entry.pgh_created_at, entry.pgh_label, former)
            )
    # A row that is there and gives no such resource now, or never did, is as good as missing.
    is_there = row is not None or (found and found[-1].label == DELETE)
    has_been = any(version.row is not None for version in found)
    return found if is_there and has_been else []


def rebuilt(source: Source, entry: Any, current: Any) -> Any:
    """A row as it stood at an entry of its history: an instance that is never saved.

    What history does not keep, such as keys, and what `rows()` brought of other rows, is as it is
    now.
    """
    model = source.model
    row = copy.copy(current) if current is not None else model()
    state, row._state = row._state, ModelState()
    row._state.adding, row._state.db = False, state.db
    row._state.fields_cache = dict(state.fields_cache)
    for name in [name for name in row.__dict__ if name.startswith("_sealed_")]:
        del row.__dict__[name]
    kept = {field.attname for field in type(entry)._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            setattr(row, field.attname, entry.pgh_obj_id)
        elif field.attname in kept:
            value = entry.__dict__[field.attname]
            if field.is_relation and getattr(row, field.attname) != value:
                row._state.fields_cache.pop(field.name, None)
            row.__dict__[field.attname] = value
    return row


def _label(number: int) -> str:
    return INSERT if number == 1 else "update"
