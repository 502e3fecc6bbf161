"""Searching the audit: newest first, page after page by where the last one ended."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tumorboard.audit.models import AuditEntry

#: How many rows the database is asked for at a time where many are read.
CHUNK = 1_000


class Whose(NamedTuple):
    """A patient with all their cases, by id."""

    patient: UUID
    cases: tuple[UUID, ...]

    @property
    def ids(self) -> list[UUID]:
        """All of them."""
        return [self.patient, *self.cases]


class Cursor(NamedTuple):
    """Where a page ended: the entry that it showed last."""

    at: datetime.datetime
    id: UUID

    @property
    def text(self) -> str:
        """As a form carries it."""
        return f"{self.at.isoformat()} {self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """What `text` says; None for what is no cursor."""
        at, _, key = text.partition(" ")
        try:
            cursor = cls(datetime.datetime.fromisoformat(at), UUID(key))
        except ValueError:
            return None
        return cursor if cursor.at.tzinfo else None


@dataclass(frozen=True)
class Search:
    """What is looked for; what is not given does not narrow.

    Args:
        since: the first moment that counts.
        until: the first moment that counts no more.
    """

    since: datetime.datetime
    until: datetime.datetime
    person: UUID | None = None
    whose: Whose | None = None
    kind: str = ""
    action: str = ""
    via: str = ""
    address: str = ""

    @property
    def criteria(self) -> list[str]:
        """By what is searched, never for what."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


class Page(NamedTuple):
    """Some entries, and where the next page begins; None after the last."""

    entries: Sequence[AuditEntry]
    next: Cursor | None


def page(search: Search, *, after: Cursor | None = None, size: int = 50) -> Page:
    """One page, newest first, with the people; in at most three queries.

    Of a patient it holds what was done to them, and the lists on which they were shown.
    """
    found: list[AuditEntry] = []
    for rows in _rows(search, after):
        found += rows.order_by("-at", "-id")[: size + 1]
    found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    shown = found[:size]
    is_more = len(found) > size
    return Page(shown, Cursor(shown[-1].at, shown[-1].id) if is_more else None)


def entries(search: Search, *, most: int) -> Iterator[AuditEntry]:
    """Every entry, newest first, up to `most`, in chunks."""
    return islice(_all(search), most)


def _all(search: Search) -> Iterator[AuditEntry]:
    found = page(search, size=CHUNK)
    yield from found.entries
    while found.next is not None:
        found = page(search, after=found.next, size=CHUNK)
        yield from found.entries


def _rows(search: Search, after: Cursor | None) -> list[QuerySet[AuditEntry]]:
    """The queries whose rows together are the answer: each has an index of its own."""
    rows = AuditEntry.objects.select_related("person")
    rows = rows.filter(at__gte=search.since, at__lt=search.until)
    if after is not None:
        rows = rows.filter(Q(at__lt=after.at) | Q(at=after.at, id__lt=after.id), at__lte=after.at)
    given: dict[str, Any] = {
        "person_id": search.person,
        "kind": search.kind,
        "action": search.action,
        "via": search.via,
        "address": search.address,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if search.whose is None:
        return [rows]
    direct = Q(patient_id=search.whose.patient)
    lists = Q(shown__isnull=False, shown__overlap=search.whose.ids)
    return [rows.filter(direct), rows.filter(lists).exclude(direct)]
