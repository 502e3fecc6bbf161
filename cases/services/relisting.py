"""A case goes back to the board by itself: a result changed its question, or the day has come.

The case is put on the next coming meeting of the board that decided, while submissions to it are
open. Where none is open, the case stands among the candidates like any other. A list is written
under the lock of its meeting, which comes before that of a case: so what arrives in a record only
asks for it, and a worker does it after that was saved. What a person takes off the list again
stays off it.
"""

import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Board, Case, Decision, Meeting, Result, Task
from cases.models.agenda_item import ListingReason
from cases.models.case import BoardLevel, Readiness
from cases.models.conclusion import RecommendationKind
from cases.models.task import PENDING
from cases.selectors.agendas import coming_items
from cases.services.agendas import put_on
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

TOPIC = "tasks.relist"
RELISTED = "case.relisted"
TASK_LISTED = "task.listed"


def ask_again(*, case: Case) -> None:
    """Ask for `case` to be listed again, where a result after its decision changed its question.

    Called in the transaction that wrote into the record.
    """
    if _news(case) is not None:
        enqueue(TOPIC, {"case": str(case.pk)})


def relist_next(payload: dict[str, Any]) -> None:
    """Put a case on the next open meeting of the board that decided on it; what a worker does.

    Args:
        payload: {"case": its id} after a result, {"task": id} of a task to discuss it again.
    """
    if "task" in payload:
        _list_for(Task.objects.get(pk=UUID(payload["task"])))
    else:
        _list_anew(Case.objects.get(pk=UUID(payload["case"])))


def ask_for_rediscussions() -> None:
    """Ask for the cases to be listed that are to be discussed again by the next open meeting.

    In the current institution; each task lists its case once, in a transaction of its own.
    """
    meetings = _open().order_by("board_id", "starts_at").distinct("board_id")
    days = {m.board_id: _day_of(m) for m in meetings.select_related("board")}
    if not days:
        return
    listed = AuditEntry.objects.filter(subject_id=models.OuterRef("pk"), action=TASK_LISTED)
    waiting = (
        Task.objects.filter(
            kind=RecommendationKind.REDISCUSSION,
            state__in=PENDING,
            due_on__lte=max(days.values()),
        )
        .exclude(models.Exists(listed))
        .select_related("decision__agenda_item__meeting__board")
        .order_by("due_on", "id")
    )
    for task in waiting:
        if task.due_on <= days.get(board_of(task.decision).pk, datetime.date.min):
            enqueue(TOPIC, {"task": str(task.pk)})


def next_open(board: Board) -> Meeting | None:
    """The next coming meeting of `board` to which cases can still be submitted."""
    return _open().filter(board=board).order_by("starts_at").first()


def _open() -> models.QuerySet[Meeting]:
    now = timezone.now()
    coming = Meeting.objects.filter(
        cancelled_at=None, began_at=None, ended_at=None, starts_at__gt=now
    ).annotate(closes_at=Coalesce("cutoff_at", "starts_at"))
    return coming.filter(closes_at__gt=now)


def board_of(decision: Decision) -> Board:
    """The board that took a decision; what was signed before there were chains names none."""
    return decision.agenda_item.meeting.board


def _news(case: Case) -> tuple[Decision, Result] | None:
    """The last decision on a case and a newer result, where the case asks for the board anew."""
    if case.board_level != BoardLevel.YES or case.readiness == Readiness.SIGNED:
        return None
    decision = Decision.objects.filter(case=case).order_by("-signed_at").first()
    if decision is None:
        return None
    newer = Result.objects.filter(case=case, entered_at__gt=decision.signed_at)
    result = newer.select_related("entered_by").order_by("-entered_at").first()
    return None if result is None else (decision, result)


def _list_anew(case: Case) -> None:
    news = _news(case)
    if news is None:
        return
    decision, result = news
    done = AuditEntry.objects.filter(subject_id=case.pk, action=RELISTED, at__gt=result.entered_at)
    if not done.exists() and _list(case, decision, ListingReason.RESULT, by=result.entered_by):
        record(action=RELISTED, subject=case, by=None)


def _list_for(task: Task) -> None:
    if task.state not in PENDING:
        return
    decision = task.decision
    _list(task.case, decision, ListingReason.REDISCUSSION, by=decision.signed_by)
    # Noted where it stands on a list already, too: it was seen to.
    record(action=TASK_LISTED, subject=task, by=None)


def _list(case: Case, decision: Decision, because: ListingReason, *, by: User) -> bool:
    """Put a case on the next open meeting; whether that was done."""
    meeting = next_open(board_of(decision))
    if meeting is None or coming_items(case):
        return False
    try:
        put_on(meeting=meeting, case=case, because=because, is_automatic=True, by=by)
    except Refused:
        # Canceled, begun or listed by somebody in between: it stays among the candidates.
        return False
    return True


def _day_of(meeting: Meeting) -> datetime.date:
    return meeting.starts_at.astimezone(ZoneInfo(meeting.board.time_zone)).date()
