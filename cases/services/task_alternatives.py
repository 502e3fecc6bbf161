"""Tasks that each other replace: once one is carried out, nothing is owed for the others."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from cases.models import Case, Decision, Task
from cases.models.task import PENDING, TaskState

#: Why a task was replaced without an amended decision.
ANOTHER = "Another alternative was carried out."
CARRIED_OUT = (TaskState.DONE, TaskState.RESULTED)


def tasks_in_force(case: Case) -> list[Task]:
    """The tasks of a case, locked, oldest first; without those of decisions that were amended.

    The caller holds the lock of the case.
    """
    rows = (
        Task.objects.select_for_update(of=("self",))
        .filter(case=case)
        .select_related("recommendation", "decision__assessment")
        .defer("decision__quoted", "decision__rationale", "decision__assessment__facts")
        .order_by("id")
    )
    tasks = sorted(rows, key=lambda task: (task.made_at, task.recommendation.position))
    if not tasks:
        return []
    items = {task.decision.agenda_item_id for task in tasks}
    newest: dict[UUID, int] = {}
    signed = Decision.objects.filter(agenda_item__in=items)
    for item, version in signed.values_list("agenda_item_id", "version"):
        newest[item] = max(version, newest.get(item, 0))
    return [t for t in tasks if t.decision.version == newest[t.decision.agenda_item_id]]


def decided_on(decision: Decision) -> datetime.date:
    """The day of a decision, by the clock of the installation."""
    return timezone.localdate(decision.signed_at)


def is_amended(decision: Decision) -> bool:
    """Whether a newer version of a decision was signed."""
    newer = Decision.objects.filter(
        agenda_item=decision.agenda_item_id, version__gt=decision.version
    )
    return newer.exists()


def settle(tasks: Iterable[Task]) -> None:
    """Close what another alternative replaces, and open again what none replaces any longer.

    Saves nothing.
    """
    for group in _groups(tasks):
        carried_out = any(task.state in CARRIED_OUT for task in group)
        for task in group:
            if carried_out and task.state in PENDING:
                task.state = TaskState.REPLACED
                task.not_done_text = ANOTHER
                task.closed_at = timezone.now()
            elif not carried_out:
                open_again(task)


def open_again(task: Task) -> None:
    """Let a task that another alternative had replaced be as it was before. Saves nothing."""
    if task.state == TaskState.REPLACED:
        task.state = TaskState.ORDERED if task.ordered_on else TaskState.OPEN
        task.not_done_text = ""
        task.closed_at = None


def _groups(tasks: Iterable[Task]) -> list[list[Task]]:
    """Each recommendation that has alternatives, with them; an alternative has none itself."""
    groups: dict[tuple[UUID, int], list[Task]] = defaultdict(list)
    for task in tasks:
        asked = task.recommendation
        groups[task.decision_id, asked.alternative_to or asked.position].append(task)
    return [group for group in groups.values() if len(group) > 1]
