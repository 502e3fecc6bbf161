"""What came in, found for the resources that are about to leave."""

from collections.abc import Sequence
from typing import Any

from cases.fhir.documents import WRITTEN, Documents, parsed
from cases.fhir.formats import encoded
from cases.fhir.keeping import Json, merged
from cases.fhir.source import Source, Stand
from cases.models import FhirDocument


def kept_of(pairs: Sequence[tuple[Source, Any]]) -> list[Any]:
    """What was kept beside rows as they are now; None where nothing; in at most one query."""
    keys = [(source.resource_type, source.id_of(row)) for source, row in pairs]
    # Of other types nothing comes in, and what stands alone has nothing beside it.
    asked = {
        key
        for key, (source, _) in zip(keys, pairs, strict=True)
        if source.resource_type in WRITTEN and not isinstance(source, Documents)
    }
    if not asked:
        return [None] * len(pairs)
    documents = FhirDocument.objects.filter(
        resource_type__in={type_ for type_, _ in asked}, resource_id__in={key for _, key in asked}
    )
    found = {
        (each.resource_type, each.resource_id): each for each in documents.select_related("patient")
    }
    return [found.get(key) if key in asked else None for key in keys]


def kept_at(source: Source, rows: Sequence[Any], stands: Sequence[Stand]) -> list[Any]:
    """What was kept beside former states of rows: what had come in by then; None where nothing."""
    if isinstance(source, Documents):
        return [None] * len(rows)
    events: Any = FhirDocument.pgh_event_model  # type: ignore[attr-defined]
    ids = {source.id_of(row) for row in rows}
    entries = events.objects.filter(resource_type=source.resource_type, resource_id__in=ids)
    known: dict[str, list[Any]] = {}
    for entry in entries.exclude(patient=None).order_by("pgh_id").select_related("patient"):
        known.setdefault(entry.resource_id, []).append(entry)
    return [
        _latest(known.get(source.id_of(row), ()), stand)
        for row, stand in zip(rows, stands, strict=True)
    ]


def _latest(entries: Sequence[Any], stand: Stand) -> Any:
    by_then = [each for each in entries if each.pgh_created_at <= stand.since]
    return by_then[-1] if by_then else None


def as_it_came(said: Json, kept: Any) -> Json:
    """What a row says, merged with what was kept beside it.

    Args:
        said: what the row says now, with `resourceType`.
        kept: the document, or its entry in the history; None where there is none.
    """
    if kept is None or not kept.document:
        return said
    # Compared as it is read back: a date is text, a number has no type.
    now = parsed(encoded(said))
    then = parsed(kept.said) if kept.said else {}
    return merged(now, said=then, document=parsed(kept.document))
