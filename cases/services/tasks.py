"""What became of the board's recommendations: who does it, until when, and what was done.

Every change takes the lock of the case first, then those of its tasks.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from cases.models import Task
from cases.models.task import PENDING, NotDone, TaskState
from cases.selectors.task_owners import with_access
from cases.services import candidacies, events
from cases.services.cases import lock
from cases.services.checks import check_version, due_fault, said, text_fault
from cases.services.errors import Invalid, Refused
from cases.services.task_alternatives import CARRIED_OUT, decided_on, is_amended
from cases.services.task_following import follow
from cases.services.task_matching import match
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

__all__ = ["complete", "drop", "follow", "order", "reassign", "reopen", "result"]


@transaction.atomic
def order(*, task: Task, on: datetime.date, by: User, if_match: int | None = None) -> Task:
    """Note that what a task asks for was ordered.

    Raises:
        Invalid: the day lies before the decision or in the future.
        Refused: the task is closed, or was ordered already.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    refuse_closed(task)
    if task.state == TaskState.ORDERED:
        message = "This was ordered already."
        raise Refused(message)
    _check_day(task, "on", on)
    task.ordered_on = on
    task.state = task.said = TaskState.ORDERED
    return changed(task, action="task.ordered", by=by)


@transaction.atomic
def complete(*, task: Task, on: datetime.date, by: User, if_match: int | None = None) -> Task:
    """Note that what a task asks for was done; its alternatives are replaced by it.

    Raises:
        Invalid: the day lies before the decision or the order, or in the future.
        Refused: the task is closed.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    refuse_closed(task)
    _check_day(task, "on", on, after=("ordered", task.ordered_on))
    task.done_on = on
    return _closed(task, TaskState.DONE, action="task.done", by=by)


@transaction.atomic
def result(*, task: Task, on: datetime.date, by: User, if_match: int | None = None) -> Task:
    """Note that the result of what a task asks for is there; so it was done, too.

    Raises:
        Invalid: the day lies before the decision, the order or the study, or in the future.
        Refused: the task is closed and was not done.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    if task.state != TaskState.DONE:
        refuse_closed(task)
    before = ("done", task.done_on) if task.done_on else ("ordered", task.ordered_on)
    _check_day(task, "on", on, after=before)
    task.done_on = task.done_on or on
    task.resulted_on = on
    return _closed(task, TaskState.RESULTED, action="task.resulted", by=by)


@transaction.atomic
def drop(*, task: Task, reason: str, text: str = "", by: User, if_match: int | None = None) -> Task:
    """Note that what a task asks for will not be done, and why.

    Args:
        reason: one of `NotDone`.
        text: the reason in words; needed where it is another one.

    Raises:
        Invalid: no reason, or one that needs words has none.
        Refused: the task is closed.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    refuse_closed(task)
    text = said(text)
    errors: dict[str, list[str]] = {}
    if reason not in NotDone.values:
        errors["reason"] = ["Choose why it was not done."]
    elif reason == NotDone.OTHER and not text:
        errors["text"] = ["Say in words why it was not done."]
    fault = text_fault(text, most=Task._meta.get_field("not_done_text").max_length or 0)
    if fault:
        errors["text"] = [fault]
    if errors:
        raise Invalid(errors)
    task.not_done_reason, task.not_done_text = reason, text
    return _closed(task, TaskState.NOT_DONE, action="task.not_done", by=by)


@transaction.atomic
def reopen(*, task: Task, by: User, if_match: int | None = None) -> Task:
    """Open a task that was closed by mistake.

    Raises:
        Refused: it is open, what carried it out stands in the record, another task replaces it, or
            its decision was amended since.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    if task.state in PENDING:
        message = "This task is open."
        raise Refused(message)
    if task.state == TaskState.REPLACED:
        raise Refused(_replaced(task))
    refuse_amended(task)
    if task.state in CARRIED_OUT and (task.study_id or task.treatment_id):
        message = "The record says that this was carried out. Say first why that is not so."
        raise Refused(message)
    task.done_on = task.resulted_on = task.closed_at = None
    task.not_done_reason = task.not_done_text = ""
    task.state = task.said = TaskState.ORDERED if task.ordered_on else TaskState.OPEN
    return changed(task, action="task.reopened", by=by)


@transaction.atomic
def reassign(
    *,
    task: Task,
    owner: User,
    due_on: datetime.date,
    by: User,
    if_match: int | None = None,
) -> Task:
    """Give a task to somebody else, or another day by which it is due.

    Raises:
        Invalid: the person has no access, or the day lies before the decision or too far ahead.
        Refused: the task is closed.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    refuse_closed(task)
    errors: dict[str, list[str]] = {}
    if owner.pk not in with_access([owner.pk]):
        errors["owner"] = ["This person has no access any more. Choose somebody else."]
    if due_on < decided_on(task.decision):
        errors["due_on"] = ["The date lies before the decision."]
    elif fault := due_fault(due_on):
        errors["due_on"] = [fault]
    if errors:
        raise Invalid(errors)
    task.owner = owner
    if due_on != task.due_on:
        task.due_on, task.escalation, task.reminded_at = due_on, 0, None
    return changed(task, action="task.reassigned", by=by)


def locked(task: Task, if_match: int | None) -> Task:
    """The task, locked after its case.

    Raises:
        Changed: somebody else changed it since its version `if_match`.
    """
    case = lock(task.case)
    rows = Task.objects.select_for_update(of=("self",)).select_related("decision")
    locked = rows.get(pk=task.pk)
    locked.case = case
    check_version(current=locked.version, if_match=if_match)
    return locked


def refuse_closed(task: Task) -> None:
    """Refuse what can only be done to a task that is open.

    Raises:
        Refused: it is closed, or another one replaces it.
    """
    if task.state == TaskState.REPLACED:
        raise Refused(_replaced(task))
    if task.state not in PENDING:
        message = f"This task is closed: {task.get_state_display().lower()}. Reopen it first."
        raise Refused(message)


def refuse_amended(task: Task) -> None:
    """Refuse what would bring back a task of which a newer version of its decision says nothing.

    Raises:
        Refused: a newer version was signed.
    """
    if is_amended(task.decision):
        message = "The decision was amended, and this task belongs to what it said before."
        raise Refused(message)


def _replaced(task: Task) -> str:
    if task.not_done_text:
        return f"{task.not_done_text} Reopen that one first."
    return "The decision was amended, and this task was replaced."


def _check_day(
    task: Task,
    field: str,
    on: datetime.date,
    *,
    after: tuple[str, datetime.date | None] = ("", None),
) -> None:
    """Refuse a day that cannot be.

    Args:
        after: what happened before, in a word, and when.
    """
    what, earlier = after
    if on > timezone.localdate():
        raise Invalid({field: ["The date lies in the future."]})
    if on < decided_on(task.decision):
        raise Invalid({field: ["The date lies before the decision."]})
    if earlier is not None and on < earlier:
        raise Invalid({field: [f"The date lies before the day on which it was {what}."]})


def _closed(task: Task, state: TaskState, *, action: str, by: User) -> Task:
    events.carried_out(task=task, before=task.state, after=state)
    task.state = task.said = state
    task.closed_at = timezone.now()
    return changed(task, action=action, by=by)


def changed(task: Task, *, action: str, by: User) -> Task:
    """Keep a change of a task, with what follows from the record and for its alternatives."""
    task.version += 1
    task.save()
    record(action=action, subject=task, by=by)
    match(case=task.case, by=by)
    candidacies.refresh(case=task.case)
    return Task.objects.select_related("case", "decision").get(pk=task.pk)
