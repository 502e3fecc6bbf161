"""Resources that were found, with the rows that they came from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from cases.fhir.finishing import Json, finished_all
from cases.fhir.registry import published, sources
from cases.fhir.source import OF_CASE, Source
from cases.models import Case


class Found(NamedTuple):
    """One resource as it leaves; of what is published there is no row."""

    resource: Json
    source: Source | None = None
    row: Any = None

    @property
    def key(self) -> tuple[str, str]:
        """Its type and id."""
        return self.resource["resourceType"], self.resource["id"]


def of_rows(source: Source, rows: Sequence[Any]) -> list[Found]:
    """The resources of rows that `rows()` gave."""
    return of_pairs([(source, row) for row in rows])


def of_pairs(pairs: Sequence[tuple[Source, Any]]) -> list[Found]:
    """The resources of rows of several sources, each with its own; in their order."""
    made = finished_all(pairs)
    return [
        Found(resource, source, row) for resource, (source, row) in zip(made, pairs, strict=True)
    ]


def of_published(resource_type: str) -> list[Found]:
    """All resources of a type that are public knowledge."""
    return [Found(each) for source in published(resource_type) for each in source.newest()]


def named(resource_type: str, ids: Collection[str]) -> list[Found]:
    """The resources of a type that have these ids, as far as the caller may know of them."""
    found: list[Found] = []
    left = set(ids)
    for source in sources(resource_type):
        # An id is of one row: what one source gave, no further one is asked for.
        if any(source.row_id(each) is not None for each in left):
            there = of_rows(source, list(source.named(left).order_by("pk")))
            left.difference_update(each.resource["id"] for each in there)
            found += there
    return found + [each for each in of_published(resource_type) if each.resource["id"] in ids]


def patients_of(found: Iterable[Found]) -> set[UUID]:
    """The patients whom the rows of resources are about; at most one query for those of cases."""
    return _about(found, "patient")


def subjects_of(found: Iterable[Found]) -> list[UUID]:
    """The cases or patients that were shown, for the audit; at most one query a source."""
    return sorted(_about(found, "case"))


def _about(found: Iterable[Found], way: str) -> set[UUID]:
    keys: set[UUID] = set()
    cases: set[UUID] = set()
    for source, rows in _by_source(found).items():
        path = (source.case if way == "case" else "") or source.patient
        if not path:
            continue
        if "__" not in path:
            keys.update(getattr(row, path) for row in rows)
        elif path == OF_CASE:
            for row in rows:
                if (case := row._state.fields_cache.get("case")) is not None:
                    keys.add(case.patient_id)
                else:
                    cases.add(row.case_id)
        else:
            there = source.rows().filter(pk__in=[row.pk for row in rows]).order_by()
            keys.update(there.values_list(path, flat=True))
    if cases:
        keys.update(Case.objects.filter(pk__in=cases).values_list("patient_id", flat=True))
    return {key for key in keys if key is not None}


def _by_source(found: Iterable[Found]) -> Mapping[Source, list[Any]]:
    by: dict[Source, list[Any]] = {}
    for each in found:
        if each.source is not None:
            by.setdefault(each.source, []).append(each.row)
    return by
