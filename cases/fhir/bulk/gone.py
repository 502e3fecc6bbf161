"""What was deleted since an earlier export, as far as histories say."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from cases.fhir.formats import encoded
from cases.fhir.source import Source
from cases.fhir.versions import DELETE, events_of, rebuilt
from cases.models import BulkExportPart
from cases.services.bulk_exports import File

#: How many deletions one line and one file tell of at most.
A_LINE, A_FILE = 200, 10_000
#: The columns that say whom a row is about.
ABOUT = ("case_id", "patient_id")


def deleted_since(
    sources: Sequence[Source],
    since: datetime.datetime,
    *,
    patients: Sequence[str] | None,
) -> Iterator[File]:
    """Files of transactions that delete what was deleted then or later.

    Args:
        sources: of the types that are exported.
        patients: the ids of those whom the export is about; None for all.
    """
    names: list[str] = []
    kinds: set[str] = set()
    about: set[UUID] = set()
    for source in sources:
        for row in _deleted(source, since):
            whose = _patient_of(source, row)
            if patients is not None and str(whose) not in patients:
                continue
            names.append(f"{source.resource_type}/{source.id_of(row)}")
            kinds.add(source.resource_type)
            said = {getattr(row, name, None) for name in ABOUT} | {whose}
            about |= {key for key in said if isinstance(key, UUID)}
            if len(names) == A_FILE:
                yield _file(names, kinds, about)
                names, kinds, about = [], set(), set()
    if names:
        yield _file(names, kinds, about)


def _deleted(source: Source, since: datetime.datetime) -> Iterator[Any]:
    """Rows that gave a resource of a source and are gone, as they stood last."""
    events = events_of(source)
    if events is None:
        return
    entries = events.objects.filter(pgh_label=DELETE, pgh_created_at__gte=since).order_by("pgh_id")
    for entry in entries.iterator(chunk_size=A_LINE):
        row = rebuilt(source, entry, None)
        if source.gives(row):
            yield row


def _patient_of(source: Source, row: Any) -> UUID | None:
    """The patient whom a row that is gone was about; None where it was about none.

    Raises:
        ObjectDoesNotExist: the case was hidden a moment ago. The step is done again, and finds
            nothing of the row any more.
    """
    found = row
    for step in source.patient.split("__") if source.patient else ():
        found = getattr(found, step)
    return found if isinstance(found, UUID) else None


def _file(names: Sequence[str], kinds: set[str], about: set[UUID]) -> File:
    lines = [
        encoded(
            {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [
                    {"request": {"method": "DELETE", "url": name}}
                    for name in names[start : start + A_LINE]
                ],
            }
        )
        for start in range(0, len(names), A_LINE)
    ]
    return File(BulkExportPart.Kind.DELETED, "Bundle", lines, sorted(kinds), sorted(about))
