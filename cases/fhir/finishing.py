"""Resources as they leave: what the row says, with id, version and profile."""

import datetime
from collections.abc import Sequence
from typing import Any

from cases.fhir.kept import as_it_came, kept_at, kept_of
from cases.fhir.source import Source, Stand
from cases.fhir.versions import stands_of

Json = dict[str, Any]


def finished(source: Source, rows: Sequence[Any], stands: Sequence[Stand]) -> list[Json]:
    """The resources of former states of rows, in their order; each the version that it is.

    In a number of queries that does not grow with them. Here and in `finished_all`, and nowhere
    else, what came in and was kept is put beside what the row says.
    """
    kept = kept_at(source, rows, stands)
    return [
        _with_head(source, row, stand, as_it_came(source.project(row), beside))
        for row, stand, beside in zip(rows, stands, kept, strict=True)
    ]


def finished_all(pairs: Sequence[tuple[Source, Any]]) -> list[Json]:
    """The resources of rows of several sources, as they are now and in their order.

    What is kept beside them is asked for once, their versions once for each model.
    """
    kept = kept_of(pairs)
    return [
        _with_head(source, row, stand, as_it_came(source.project(row), beside))
        for (source, row), stand, beside in zip(pairs, stands_of(pairs), kept, strict=True)
    ]


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
