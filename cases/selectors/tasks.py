"""The worklist of tasks: whose, how far, and until when."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import Task
from cases.models.task import PENDING, TaskState
from cases.selectors.cases import LAST_PAGE
from cases.selectors.task_owners import with_access
from cases.selectors.task_studies import may_be_linked
from tumorboard.accounts.models import Membership, User

#: Whose tasks are shown: the reader's own, everybody's, or those of people who have left.
MINE, ALL, LEFT = "mine", "all", "left"
#: How far the shown tasks are.
PENDING_ONES, OVERDUE, CLOSED = "pending", "overdue", "closed"
CLOSED_STATES = (TaskState.DONE, TaskState.RESULTED, TaskState.NOT_DONE, TaskState.REPLACED)


@dataclass(frozen=True)
class TaskFilters:
    """What the worklist is narrowed to; `board` is None for all."""

    whose: str = MINE
    how_far: str = PENDING_ONES
    board: UUID | None = None


@dataclass(frozen=True)
class TaskLine:
    """One task as lists show it.

    `has_left`: its owner has no access any more, so its board's coordinator is written to.
    """

    task: Task
    today: datetime.date
    has_left: bool

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to do something."""
        return self.task.state in PENDING

    @property
    def is_overdue(self) -> bool:
        """Whether it was due before today and is still to be done."""
        return self.is_pending and self.task.due_on < self.today

    @property
    def by_equivalent(self) -> bool:
        """Whether another study than the one asked for carried it out."""
        study = self.task.study
        return study is not None and self.task.code not in ("", study.procedure)

    @property
    def may_be_linked(self) -> bool:
        """Whether a person may choose the study that carried it out."""
        return may_be_linked(self.task)

    @property
    def by_modality(self) -> bool:
        """Whether a study carried out what was said in words, so that its modality decided."""
        return self.task.study is not None and not self.task.code


def task_rows(filters: TaskFilters, *, person: User) -> QuerySet[Task]:
    """The tasks of the worklist, the one that is due first at the top; closed ones latest first."""
    tasks = Task.objects.all()
    if filters.whose == MINE:
        tasks = tasks.filter(owner=person)
    elif filters.whose == LEFT:
        held = Membership.objects.filter(user=OuterRef("owner"), user__is_active=True)
        tasks = tasks.exclude(Exists(held))
    if filters.board:
        tasks = tasks.filter(decision__agenda_item__meeting__board=filters.board)
    if filters.how_far == CLOSED:
        return tasks.filter(state__in=CLOSED_STATES).order_by("-due_on", "-id")
    if filters.how_far == OVERDUE:
        tasks = tasks.filter(due_on__lt=timezone.localdate())
    return tasks.filter(state__in=PENDING).order_by("due_on", "id")


def with_context(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with what a reader sees of each."""
    return tasks.select_related(
        "owner",
        "study",
        "result",
        "treatment",
        "case__patient",
        "decision__agenda_item__meeting__board",
    ).defer("study__report", "decision__quoted", "decision__rationale", "decision__opinions")


def overdue_count(person: User) -> int:
    """How many tasks of `person` are overdue."""
    pending = Task.objects.filter(owner=person, state__in=PENDING)
    return pending.filter(due_on__lt=timezone.localdate()).count()


def lines_of(tasks: Sequence[Task]) -> list[TaskLine]:
    """Tasks as lists show them; one query for all."""
    today = timezone.localdate()
    there = with_access(task.owner_id for task in tasks)
    return [TaskLine(task, today, task.owner_id not in there) for task in tasks]


@dataclass(frozen=True)
class TaskPage:
    """One page of the worklist, with whether there are others."""

    lines: Sequence[TaskLine]
    number: int
    has_next: bool


def task_page(tasks: QuerySet[Task], *, number: int, size: int) -> TaskPage:
    """One page of `tasks`, counted from 1, without counting them all; three queries.

    What a reader sees of each is read for the page alone: joined to all of them before they are
    sorted, it takes a hundred milliseconds for 10,000 pending tasks.
    """
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    found = list(tasks.values_list("pk", flat=True)[start : start + size + 1])
    shown = with_context(Task.objects.all()).in_bulk(found[:size])
    rows = [shown[pk] for pk in found[:size]]
    return TaskPage(lines_of(rows), number, has_next=len(found) > size)


def one(task_id: UUID) -> Task:
    """One task with its context.

    Raises:
        Task.DoesNotExist: there is none in the institution.
    """
    return with_context(Task.objects.filter(pk=task_id)).get()


def possible_owners() -> list[User]:
    """Who a task can be given to: everybody with a role in the institution, by name."""
    held = Membership.objects.filter(user=OuterRef("pk"))
    return list(User.objects.filter(Exists(held), is_active=True).order_by("name", "email"))
