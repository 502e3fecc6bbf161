"""Reading imports: the list, one file's progress, its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from cases.models import ImportFile, ImportMapping, ImportRow
from tumorboard.outbox.models import OutboxMessage

#: How many imports the list shows.
NEWEST = 50
#: How many values stand beside a column, and in how many rows they are looked for.
SAMPLES = 3
SAMPLED_ROWS = 50

State = ImportRow.State


@dataclass(frozen=True)
class Counts:
    """How many rows of a file are in which state."""

    waiting: int = 0
    good: int = 0
    bad: int = 0
    known: int = 0
    written: int = 0

    @property
    def to_write(self) -> int:
        """Rows that are cases or still shall become cases."""
        return self.good + self.written


def newest() -> list[ImportFile]:
    """The last imports of the institution, newest first."""
    files = ImportFile.objects.select_related("uploaded_by").order_by("-uploaded_at")
    return list(files[:NEWEST])


def one(file_id: UUID) -> ImportFile:
    """The import.

    Raises:
        ImportFile.DoesNotExist: there is none in the current institution.
    """
    return ImportFile.objects.select_related("uploaded_by").get(pk=file_id)


def counts(file: ImportFile) -> Counts:
    """How many rows are in which state."""
    states = ImportRow.objects.filter(file=file).values_list("state")
    return Counts(**dict(states.annotate(Count("id")).order_by()))


def rows(file: ImportFile, state: str) -> QuerySet[ImportRow]:
    """The rows in one state, in the order of the file."""
    return ImportRow.objects.filter(file=file, state=state).order_by("number")


def has_stopped(file: ImportFile) -> bool:
    """Whether the writing failed for good, so that somebody has to start it again."""
    if file.state != ImportFile.State.RUNNING or file.job is None:
        return False
    return OutboxMessage.objects.filter(pk=file.job, state=OutboxMessage.State.FAILED).exists()


def samples(file: ImportFile) -> dict[str, list[str]]:
    """A few values of each column, no value twice."""
    rows = ImportRow.objects.filter(file=file).order_by("number")[:SAMPLED_ROWS]
    cells = [row.cells for row in rows]
    return {
        heading: list(dict.fromkeys(row[position] for row in cells if row[position]))[:SAMPLES]
        for position, heading in enumerate(file.columns)
    }


def remembered(keys: Iterable[str]) -> dict[str, str]:
    """What the institution chose for headings the last time: heading -> field."""
    mappings = ImportMapping.objects.filter(heading__in=list(keys))
    return dict(mappings.values_list("heading", "field"))
