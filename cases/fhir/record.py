"""What there is of a few patients: asked for once, and shared by all sources that read it.

A type may have twenty sources, most of which know nothing of one patient, and several of which
read the same rows. So one query asks which of them know anything at all, and what several share is
read once. Of whom there is more than is read at once, each source is asked by itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet

from cases.fhir.paging import expired
from cases.fhir.source import OF_CASE, Source
from cases.models import Case
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution

#: How many rows are read at once, and of how many patients at most they are shared.
BATCH, FEW = 200, 10
#: A row, and the source that makes a resource of it.
Pair = tuple[Source, Any]


class Record:
    """The rows that are about some patients.

    Args:
        patients: who.
        sources: all that will be asked for; what is not among them has nothing.
    """

    def __init__(self, patients: Collection[UUID], sources: Iterable[Source]) -> None:
        self._patients = frozenset(patients)
        self._sources = [each for each in sources if each.patient]
        self._read: dict[Any, list[Any]] = {}

    def rows(self, source: Source) -> Sequence[Any] | None:
        """The rows of a source, by key; None where there are more than are read at once."""
        if _table(source) not in self._there:
            return ()
        shared = source if source.shared is None else source.shared
        if shared not in self._read:
            rows = source.rows() if source.shared is None else source.shared()
            mine = rows.filter(**self._whose(source)).order_by("pk")
            self._read[shared] = list(mine[: BATCH + 1])
        found = self._read[shared]
        if len(found) > BATCH:
            return None
        return found if source.shared is None else [row for row in found if source.is_among(row)]

    @cached_property
    def _there(self) -> frozenset[Any]:
        """The tables in which anything stands about the patients, in one query."""
        of = {_table(each): each for each in self._sources}
        if len(of) < 2:  # To ask is to read.
            return frozenset(of)
        any_rows = (Exists(_all(each).filter(**self._whose(each))) for each in of.values())
        (said,) = Institution.objects.filter(pk=current_institution().pk).values_list(*any_rows)
        return frozenset(table for table, is_there in zip(of, said, strict=True) if is_there)

    def _whose(self, source: Source) -> dict[str, Any]:
        if source.patient == OF_CASE:
            return {"case_id__in": self._cases}
        return {f"{source.patient}__in": self._patients}

    @cached_property
    def _cases(self) -> list[UUID]:
        cases = Case.objects.filter(patient_id__in=self._patients)
        return list(cases.order_by().values_list("pk", flat=True))


def _table(source: Source) -> tuple[Any, str]:
    return source.model, source.patient


def _all(source: Source) -> QuerySet[Any]:
    model: Any = source.model
    rows: QuerySet[Any] = model.objects.all()
    return rows


def read_on(
    sources: Sequence[Source],
    record: Record | None,
    *,
    begin: tuple[str, str],
    size: int,
    ask: Callable[[Source], QuerySet[Any]],
) -> Iterator[tuple[list[Pair], bool]]:
    """Rows of one source after the other, some at a time, with whether they are as many as asked.

    Args:
        record: what is known already; what is not, `ask` gives.
        begin: the name of the source to begin with and the key of the row to begin behind, each
            empty for the first.
        size: how many come first; then it is `BATCH`.

    Raises:
        BadRequest: there is no source of that name any more.
    """
    name, after = begin
    waiting: list[Pair] = []
    for source in since(sources, name):
        key = source.model._meta.pk.to_python(after) if after and source.name == name else None
        known = record.rows(source) if record is not None and source.patient else None
        if known is not None:
            for row in known:
                if key is None or row.pk > key:
                    waiting.append((source, row))
                if len(waiting) == size:
                    yield waiting, True
                    waiting, size = [], BATCH
            continue
        if waiting:
            yield waiting, False
            waiting, size = [], BATCH
        while True:
            rows = ask(source).order_by("pk")
            batch = list((rows if key is None else rows.filter(pk__gt=key))[:size])
            is_full = len(batch) == size
            if batch:
                yield [(source, row) for row in batch], is_full
                key, size = batch[-1].pk, BATCH
            if not is_full:
                break
    if waiting:
        yield waiting, False


def since(sources: Sequence[Source], name: str) -> Sequence[Source]:
    """The source of a name and those behind it; all for an empty name.

    Raises:
        BadRequest: there is none of that name, as after a deploy.
    """
    if not name:
        return sources
    names = [each.name for each in sources]
    if name not in names:
        raise expired()
    return sources[names.index(name) :]
