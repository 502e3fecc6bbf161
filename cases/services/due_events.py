"""Writing down which recommendations are due within days, and which are overdue.

[INT] Due within days is what the mail to a task's owner says, too. Each is written once for a
task and the day on which it is due; with another day it may be written again. Days are those of
the board's time zone.
"""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import Event, Task
from cases.models.event import EventKind
from cases.models.task import PENDING
from cases.services import events
from cases.services.cases import lock_all
from cases.services.relisting import board_of
from tumorboard.tenancy.models import Institution

AHEAD = datetime.timedelta(days=3)
#: The widest that a local day lies from that of the installation.
ONE_DAY = datetime.timedelta(days=1)
#: Tasks that one sweep looks at: their cases stay locked while it does.
SWEEP_SIZE = 500


def note_due(_: Institution) -> None:
    """Write what is due or overdue by now in the current institution and was not written yet."""
    found = list(_untold().order_by("due_on", "id").values_list("pk", "case_id")[:SWEEP_SIZE])
    # The cases before their tasks, as whoever changes a task does.
    lock_all(case_id for _, case_id in found)
    tasks = (
        _untold()
        .filter(pk__in=[pk for pk, _ in found])
        .select_for_update(of=("self",))
        .select_related("case", "decision__agenda_item__meeting__board")
        .order_by("due_on", "id")
    )
    for task in tasks:
        kind = _kind_of(task)
        if kind is not None:
            events.due(task=task, kind=kind)


def _untold() -> QuerySet[Task]:
    """Tasks of which something may have to be written by now.

    Each has `was_told_due`: whether that it is due was written.
    """
    today = timezone.localdate()
    told = Event.objects.filter(subject_id=OuterRef("pk"), due_on=OuterRef("due_on"))
    pending = Task.objects.filter(state__in=PENDING, due_on__lte=today + AHEAD + ONE_DAY)
    return (
        pending.annotate(was_told_due=Exists(told.filter(kind=EventKind.RECOMMENDATION_DUE)))
        .exclude(Exists(told.filter(kind=EventKind.RECOMMENDATION_OVERDUE)))
        .exclude(Q(was_told_due=True) & Q(due_on__gt=today + ONE_DAY))
    )


def _kind_of(task: Task) -> EventKind | None:
    today = timezone.now().astimezone(ZoneInfo(board_of(task.decision).time_zone)).date()
    if today > task.due_on:
        return EventKind.RECOMMENDATION_OVERDUE
    is_due = today >= task.due_on - AHEAD
    was_told: bool = task.was_told_due  # type: ignore[attr-defined]
    return EventKind.RECOMMENDATION_DUE if is_due and not was_told else None
