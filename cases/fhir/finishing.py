"""Resources as they leave: what the row says, with id, version and profile."""

import datetime
from collections.abc import Sequence
from typing import Any

from cases.fhir.kept import as_it_came, kept_at, kept_of
from cases.fhir.source import Source, Stand
from cases.fhir.versions import stands_of

Json = dict[str, Any]


def finished(source: Source, rows: Sequence[Any], stands: Sequence[Stand] = ()) -> list[Json]:
    """The resources of rows, in their order; in a number of queries that does not grow with them.

    Here, and nowhere else, what came in and was kept is put beside what the row says.

    Args:
        source: which rows these are.
        rows: as they come from `rows()`, or former states of them.
        stands: of former states, which versions they are; the present ones where none are given.
    """
    if not rows:
        return []
    kept = kept_at(source, rows, stands) if stands else _present(source, rows)
    current = stands or stands_of(source, rows)
    return [
        _with_head(source, row, stand, as_it_came(source.project(row), beside))
        for row, stand, beside in zip(rows, current, kept, strict=True)
    ]


def _present(source: Source, rows: Sequence[Any]) -> list[Any]:
    """What came in and is kept beside each row; None where nothing is."""
    found = kept_of(source, rows)
    return [found.get(source.id_of(row)) for row in rows]


def _with_head(source: Source, row: Any, stand: Stand, said: Json) -> Json:
    """The resource of one row, with `id` and `meta`."""
    meta = dict(said.get("meta", {}))
    profiles = [*meta.pop("profile", ()), *source.profiles]
    version = {"versionId": str(stand.number), "lastUpdated": instant(stand.since)}
    profile = {"profile": list(dict.fromkeys(profiles))} if profiles else {}
    head = {
        "resourceType": source.resource_type,
        "id": source.id_of(row),
        "meta": {**version, **profile, **meta},
    }
    return head | {name: value for name, value in said.items() if name not in head}


def instant(at: datetime.datetime) -> str:
    """A moment as FHIR writes it, with milliseconds and its zone."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
