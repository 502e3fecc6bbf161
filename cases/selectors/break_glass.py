"""Reading which restricted records were opened, by whom, and what was read then.

For those who review it: they are on no list of a restricted case, so it is read where nothing is
hidden. Nothing of the case itself is given to them.
"""

import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from cases.models import BreakGlass, Case
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.words import words_of
from tumorboard.tenancy.scope import seeing_all

#: How many that were reviewed stand below those that wait.
MOST_REVIEWED = 50
#: [INT] How long after the end a request may still be noted that began before it.
UNDER_WAY = datetime.timedelta(minutes=10)


class Deed(NamedTuple):
    """What a person did with a record while it was open: how often, first and last when."""

    what: str
    times: int
    first: datetime.datetime
    last: datetime.datetime


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
    """What the person did with the patient's record while it was open, in order.

    Whole, however much it was: one line for each kind of deed. Lists on which the record stood
    count, and what began in time and was noted after the end.
    """
    with seeing_all():
        cases = Case.objects.filter(patient=glass.patient_id).values_list("pk", flat=True)
        in_time = Q(at__lte=glass.ends_at) | Q(
            at__lte=glass.ends_at + UNDER_WAY, reason__contains=glass.reason
        )
        entries = AuditEntry.objects.filter(
            in_time,
            Q(patient_id=glass.patient_id) | Q(shown__overlap=[glass.patient_id, *cases]),
            person=glass.person_id,
            at__gte=glass.began_at,
        )
        kinds = entries.values("action").annotate(
            times=Count("pk"), first=Min("at"), last=Max("at")
        )
        return [
            Deed(words_of(kind["action"]), kind["times"], kind["first"], kind["last"])
            for kind in kinds.order_by("first", "action")
        ]


def _rows() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.select_related("patient", "person", "reviewed_by")
