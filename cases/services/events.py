"""Writing down what other systems may want to know of, in the transaction in which it happens.

One line in the service that does it. The caller holds the lock of the case, or of the meeting
where an event belongs to no case: by it the events of a stream are counted without gaps, and are
delivered in this order.
"""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from cases.models import AgendaItem, AgendaPublication, Case, Decision, Event, Task
from cases.models.event import EventKind
from cases.services.task_alternatives import CARRIED_OUT
from cases.services.webhooks.deliveries import plan


def case_listed(*, item: AgendaItem) -> None:
    """A case came onto a list, also from another one."""
    _write(EventKind.CASE_LISTED, case=item.case, meeting_id=item.meeting_id, subject_id=item.pk)


def agenda_published(*, publication: AgendaPublication) -> None:
    """A version of an agenda was published; no restricted case stands on it."""
    _write(
        EventKind.AGENDA_PUBLISHED,
        case=None,
        meeting_id=publication.meeting_id,
        subject_id=publication.pk,
    )


def decided(*, decision: Decision) -> None:
    """A decision was signed, or a further version of one."""
    kind = EventKind.DECISION_SIGNED if decision.version == 1 else EventKind.DECISION_AMENDED
    _write(
        kind,
        case=decision.case,
        meeting_id=decision.agenda_item.meeting_id,
        subject_id=decision.pk,
    )


def carried_out(*, task: Task, before: str, after: str) -> None:
    """What a task asks for was done, where it was not before; else nothing happened.

    Args:
        before, after: its states.
    """
    if after in CARRIED_OUT and before not in CARRIED_OUT:
        _write(EventKind.RECOMMENDATION_DONE, case=task.case, subject_id=task.pk)


def due(*, task: Task, kind: EventKind) -> None:
    """A task is due within days, or overdue.

    Raises:
        IntegrityError: this was written for the task and its day before.
    """
    _write(kind, case=task.case, subject_id=task.pk, due_on=task.due_on)


def _write(
    kind: EventKind,
    *,
    case: Case | None,
    subject_id: UUID,
    meeting_id: UUID | None = None,
    due_on: datetime.date | None = None,
) -> None:
    stream: Any = case.pk if case else meeting_id
    last = Event.objects.filter(stream=stream).aggregate(last=Max("sequence"))["last"]
    event = Event.objects.create(
        kind=kind,
        case=case,
        meeting_id=meeting_id,
        subject_id=subject_id,
        due_on=due_on,
        stream=stream,
        sequence=(last or 0) + 1,
    )
    plan(event)
