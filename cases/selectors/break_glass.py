"""Reading which restricted records were opened, by whom, and what was read then.

For those who review it: they are on no list of a restricted case, so it is read where nothing is
hidden. Nothing of the case itself is given to them.
"""

import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from cases.models import BreakGlass
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.words import words_of
from tumorboard.tenancy.scope import seeing_all

#: How many that were reviewed stand below those that wait.
MOST_REVIEWED = 50
#: How many lines the page of one shows; the audit has them all.
MOST_READ = 200


class Deed(NamedTuple):
    """One audit entry of the time in which a record was open."""

    at: datetime.datetime
    what: str


def waiting() -> list[BreakGlass]:
    """Those that nobody has reviewed, oldest first."""
    with seeing_all():
        return list(_rows().filter(verdict="").order_by("began_at"))


def waiting_count() -> int:
    """How many nobody has reviewed."""
    with seeing_all():
        return BreakGlass.objects.filter(verdict="").count()


def reviewed() -> list[BreakGlass]:
    """The latest that were reviewed, newest first."""
    with seeing_all():
        return list(_rows().exclude(verdict="").order_by("-reviewed_at")[:MOST_REVIEWED])


def one(glass_id: UUID) -> BreakGlass | None:
    """One of them."""
    with seeing_all():
        return _rows().filter(pk=glass_id).first()


def done_while_open(glass: BreakGlass) -> list[Deed]:
    """What the person did with the patient's record while it was open, in order."""
    with seeing_all():
        entries = AuditEntry.objects.filter(
            person=glass.person_id,
            patient_id=glass.patient_id,
            at__gte=glass.began_at,
            at__lte=glass.ends_at,
        ).order_by("at", "pk")[:MOST_READ]
        return [Deed(entry.at, words_of(entry.action)) for entry in entries]


def _rows() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.select_related("patient", "person", "reviewed_by")
