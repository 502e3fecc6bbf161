"""What arrives in the record matches the tasks that asked for it, and stops doing so.

A study matches a task that asks for its procedure, or for one that the substitution rules of the
edition took away and in whose place this one stands; one that says so in words of the guidance,
by the modality and region that these name. A treatment matches a task that asks for an
option of the guidance to which its kind belongs. What counts is what was performed or begun after
the day of the decision: what was done on that day or before it, the board may have seen.
Where two tasks fit, the older one is meant. What a person closed stays as they left it. A study
that a person chose for a task stands whatever it is, and says how far the task is as others do.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cases.models import Case, Decision, Result, Study, Task, Treatment
from cases.models.conclusion import RecommendationKind
from cases.models.task import PENDING, TaskState
from cases.selectors.task_fit import can_substitute, fits_in_words, is_option, substitutes
from cases.selectors.task_studies import is_in_time
from cases.services import candidacies, events
from cases.services.relisting import ask_again
from cases.services.task_alternatives import (
    decided_on,
    open_again,
    settle,
    tasks_in_force,
)
from guidance.editions import shelf
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: What of a task follows from the record.
FOLLOWS = (
    "state",
    "ordered_on",
    "done_on",
    "resulted_on",
    "study_id",
    "result_id",
    "treatment_id",
    "is_linked_by_hand",
    "not_done_text",
)


@dataclass(frozen=True)
class _Arrived:
    """What the record of a case holds that can carry a task out."""

    studies: Sequence[Study]
    results: dict[Any, Result]
    treatments: list[Treatment]


def match(*, case: Case, by: User | None = None) -> None:
    """Bring the tasks of `case` to what its record says, and list it again where it asks for that.

    Called wherever the record of a case changes, under the lock of the case. Matches that the
    record no longer bears are undone. A case without tasks costs one query.

    Args:
        by: who wrote what arrived, where that is known.
    """
    tasks = tasks_in_force(case)
    if tasks:
        _follow_record(case, tasks, by)
    ask_again(case=case)


def forget_link(task: Task) -> None:
    """Let a task be again what a person said of it, without what was matched. Saves nothing."""
    task.study = task.result = task.treatment = None
    task.is_linked_by_hand = False
    task.done_on = task.resulted_on = task.closed_at = None
    if task.said == TaskState.ORDERED:
        task.state = TaskState.ORDERED
    else:
        task.ordered_on, task.state = None, TaskState.OPEN


def _follow_record(case: Case, tasks: Sequence[Task], by: User | None) -> None:
    before = {task.pk: _state_of(task) for task in tasks}
    arrived = _arrived(case)
    for task in tasks:
        open_again(task)
    following = [task for task in tasks if _follows(task)]
    first_days = _first_days(following)
    for task in following:
        _follow_link(task, arrived, first_days[task.decision.agenda_item_id])
    taken = {pk for task in tasks for pk in (task.study_id, task.treatment_id)}
    _match_studies(following, arrived, case, taken)
    _match_treatments(following, arrived, taken)
    settle(tasks)
    changed = [task for task in tasks if _state_of(task) != before[task.pk]]
    for task in changed:
        task.version += 1
        task.save()
        record(action="task.followed_record", subject=task, by=by)
        events.carried_out(task=task, before=before[task.pk][0], after=task.state)
    if changed:
        candidacies.refresh(case=case)


def _state_of(task: Task) -> tuple[Any, ...]:
    return tuple(getattr(task, name) for name in FOLLOWS)


def _arrived(case: Case) -> _Arrived:
    studies = Study.objects.filter(case=case).defer("report")
    results = Result.objects.filter(case=case).only("id", "study_id", "entered_at")
    return _Arrived(
        studies=sorted(studies, key=lambda s: (s.performed_on or s.ordered_on, s.created_at)),
        results={result.study_id: result for result in results},
        treatments=list(Treatment.objects.filter(case=case).order_by("start", "id")),
    )


def _follows(task: Task) -> bool:
    """Whether the record may say how far a task is: nobody closed it or took it from the record."""
    is_closed_by_hand = task.said not in ("", *PENDING)
    is_imaging = task.kind == RecommendationKind.IMAGING
    is_option_asked = task.kind == RecommendationKind.TREATMENT and bool(task.code)
    may_be_matched = task.follows_record and (is_imaging or is_option_asked)
    return not is_closed_by_hand and (may_be_matched or task.is_linked_by_hand)


def _first_days(tasks: Sequence[Task]) -> dict[Any, datetime.date]:
    """By agenda item the day of its first version: what came after it stays after an amendment."""
    items = {task.decision.agenda_item_id for task in tasks}
    signed = Decision.objects.filter(agenda_item__in=items, version=1)
    return {
        item: timezone.localdate(at)
        for item, at in signed.values_list("agenda_item_id", "signed_at")
    }


def _follow_link(task: Task, arrived: _Arrived, first_day: datetime.date) -> None:
    """Bring a task to what its own study or treatment says by now; undo what no longer fits."""
    if task.kind == RecommendationKind.TREATMENT:
        begun = next((row for row in arrived.treatments if row.pk == task.treatment_id), None)
        if begun is not None and _carries(begun, task, arrived, after=first_day):
            _begin(task, begun)
        elif task.treatment_id or task.state not in PENDING:
            forget_link(task)
        return
    study = next((row for row in arrived.studies if row.pk == task.study_id), None)
    if study is not None and _still_carries(study, task, first_day):
        _carry(task, study, arrived)
    elif task.study_id:
        forget_link(task)


def _match_studies(tasks: Sequence[Task], arrived: _Arrived, case: Case, taken: set[Any]) -> None:
    """Link every study that no task has yet to the oldest task that asks for it."""
    waiting = [task for task in tasks if task.kind == RecommendationKind.IMAGING]
    waiting = [t for t in waiting if t.state in PENDING and not t.is_linked_by_hand]
    for study in arrived.studies:
        if study.pk in taken:
            continue
        found = [
            task
            for task in waiting
            if (study.performed_on or not task.study_id)
            and _is_after(study, decided_on(task.decision))
        ]
        coded = [task for task in found if task.code]
        asked = next((task for task in coded if task.code == study.procedure), None)
        asked = asked or next((task for task in coded if _stands_for(study, task, case)), None)
        asked = asked or next((task for task in found if fits_in_words(study, task)), None)
        if asked is None:
            continue
        _carry(asked, study, arrived)
        taken.add(study.pk)
        if asked.state not in PENDING:
            waiting.remove(asked)


def _match_treatments(tasks: Sequence[Task], arrived: _Arrived, taken: set[Any]) -> None:
    for task in tasks:
        if task.kind != RecommendationKind.TREATMENT or task.state not in PENDING:
            continue
        for treatment in arrived.treatments:
            is_free = treatment.pk not in taken
            if is_free and _carries(treatment, task, arrived, after=decided_on(task.decision)):
                _begin(task, treatment)
                taken.add(treatment.pk)
                break


def _is_after(study: Study, day: datetime.date) -> bool:
    """Whether a study was performed after `day`; one that waits, whether it was ordered then."""
    if study.performed_on:
        return study.performed_on > day
    return bool(study.ordered_on and study.ordered_on >= day)


def _still_carries(study: Study, task: Task, first_day: datetime.date) -> bool:
    if task.is_linked_by_hand:
        return is_in_time(study, first_day)
    return _still_fits(study, task) and _is_after(study, first_day)


def _still_fits(study: Study, task: Task) -> bool:
    """Whether a linked study is still of a kind that could be linked.

    That a rule took the asked study away when it was linked is not asked again.
    """
    if not task.code:
        return fits_in_words(study, task)
    if study.procedure == task.code:
        return True
    edition = shelf.edition(task.decision.assessment.edition_version)
    return can_substitute(edition, task.code, study.procedure)


def _stands_for(study: Study, task: Task, case: Case) -> bool:
    """Whether a study stands in the place of the one asked for, by what is known then or now."""
    known = [task.decision.assessment, case.assessment]
    return any(study.procedure in substitutes(said, task.code) for said in known if said)


def _carries(treatment: Treatment, task: Task, arrived: _Arrived, *, after: datetime.date) -> bool:
    is_begun = treatment.start is not None and treatment.start > after
    return is_begun and is_option(treatment, task.code, arrived.treatments)


def _carry(task: Task, study: Study, arrived: _Arrived) -> None:
    """Let a study say how far its task is."""
    result = arrived.results.get(study.pk)
    is_same = result is not None and task.result_id == result.pk
    if task.said != TaskState.ORDERED:
        task.ordered_on = study.ordered_on
    task.study, task.result, task.done_on = study, result, study.performed_on
    if result is None:
        task.resulted_on = None
        task.state = TaskState.DONE if study.performed_on else TaskState.ORDERED
    else:
        # A corrected result was there before.
        task.resulted_on = task.resulted_on if is_same else timezone.localdate(result.entered_at)
        task.state = TaskState.RESULTED
    _close(task)


def _begin(task: Task, treatment: Treatment) -> None:
    task.treatment, task.done_on, task.state = treatment, treatment.start, TaskState.DONE
    _close(task)


def _close(task: Task) -> None:
    if task.state in PENDING:
        task.closed_at = None
    else:
        task.closed_at = task.closed_at or timezone.now()
