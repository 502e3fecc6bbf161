"""Which recorded studies a person may choose as what a task asked for, and why not others."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from cases.models import Decision, Result, Study, Task
from cases.models.conclusion import RecommendationKind
from cases.models.task import PENDING, TaskState
from cases.selectors.study_names import study_name
from tumorboard.formats import day

#: What a study can carry out at all [INT]; a treatment and a discussion are no study.
LINKABLE = frozenset(
    {RecommendationKind.IMAGING, RecommendationKind.REFERRAL, RecommendationKind.OTHER}
)


#: How far a task may be for a study to be chosen for it.
WAITING = (*PENDING, TaskState.DONE)


@dataclass(frozen=True)
class OfferedStudy:
    """One study of the case; `fault` says why it cannot be chosen, empty where it can."""

    study: Study
    name: str
    result: Result | None
    fault: str

    @property
    def words(self) -> str:
        """The study in one line, with its day and what came of it."""
        performed = self.study.performed_on
        when = day(performed) if performed else f"ordered {day(self.study.ordered_on)}"
        outcome = str(self.result.get_outcome_display()) if self.result else "no result yet"
        return f"{self.name}, {when}: {outcome}"


def may_be_linked(task: Task) -> bool:
    """Whether a person may choose a study for `task`: nothing carries it out in the record yet."""
    is_linked = bool(task.study_id or task.treatment_id)
    return task.kind in LINKABLE and task.state in WAITING and not is_linked


def offered_studies(task: Task) -> list[OfferedStudy]:
    """Every study of the case of `task`, the newest first, with why one cannot be chosen.

    Reads the decision and the assessment of the task; four queries.
    """
    studies = list(Study.objects.filter(case=task.case_id).defer("report"))
    results = {
        result.study_id: result
        for result in Result.objects.filter(case=task.case_id).only("study_id", "outcome")
    }
    first_day, taken = first_day_of(task), _taken(task)
    version = task.decision.assessment.edition_version
    newest = sorted(studies, key=lambda study: (study.date, study.created_at), reverse=True)
    return [
        OfferedStudy(
            study=study,
            name=study_name(study, edition_version=version),
            result=results.get(study.pk),
            fault=_fault(study, task, first_day, taken),
        )
        for study in newest
    ]


def link_fault(study: Study, task: Task) -> str:
    """Why `study` cannot be what `task` asked for; empty where it can be chosen."""
    return _fault(study, task, first_day_of(task), _taken(task))


def first_day_of(task: Task) -> datetime.date:
    """The day of the first version of the decision that a task comes from."""
    first = Decision.objects.get(agenda_item=task.decision.agenda_item_id, version=1)
    return timezone.localdate(first.signed_at)


def is_in_time(study: Study, first_day: datetime.date) -> bool:
    """Whether a study was not performed before `first_day`; one that waits is in time.

    On the day itself it is for the person to say: the board may have met before it.
    """
    return study.performed_on is None or study.performed_on >= first_day


def _fault(study: Study, task: Task, first_day: datetime.date, taken: dict[UUID, Task]) -> str:
    if study.case_id != task.case_id:
        return "This study belongs to another case."
    if not is_in_time(study, first_day):
        done, decided = day(study.performed_on), day(first_day)
        return f"It was performed on {done}, before the decision of {decided}."
    other = taken.get(study.pk)
    if other is not None:
        return f"It carries out another task: {other.text}. Take that match back first."
    return ""


def _taken(task: Task) -> dict[UUID, Task]:
    """By study the other task of the case that it carries out; what was replaced holds none."""
    others: Sequence[Task] = (
        Task.objects.filter(case=task.case_id, study__isnull=False)
        .exclude(pk=task.pk)
        .exclude(state=TaskState.REPLACED)
        .only("study_id", "text")
    )
    return {other.study_id: other for other in others if other.study_id}
