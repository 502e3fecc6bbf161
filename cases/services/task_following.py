"""The tasks that follow from a signed decision."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.models import Decision, Recommendation, Task
from cases.models.conclusion import RecommendationKind
from cases.models.task import PENDING, TaskState
from cases.selectors.recommended import in_words
from cases.selectors.task_terms import terms_of
from cases.services import candidacies, events
from cases.services.relisting import board_of
from cases.services.task_alternatives import ANOTHER, decided_on, open_again, settle
from tumorboard.accounts.models import User
from tumorboard.audit.record import record, record_each

#: What of a task goes on when an amended decision asks for the same again.
PROGRESS = (
    "state",
    "said",
    "follows_record",
    "is_linked_by_hand",
    "unlinked_because",
    "unlinked_text",
    "ordered_on",
    "done_on",
    "resulted_on",
    "closed_at",
    "not_done_reason",
    "not_done_text",
    "study_id",
    "result_id",
    "treatment_id",
    "reminded_at",
)
LONGEST = Task._meta.get_field("text").max_length or 0


@transaction.atomic
def follow(*, decision: Decision, by: User) -> list[Task]:
    """Make one task of each recommendation of a decision that was just signed.

    Of an amendment, what is still to be done of the former version is replaced; what both ask for
    goes on as far as it was, with its owner and its day. What was asked for only by the former
    version and was done stays. A decision on another agenda item closes what asked for the case
    to be discussed again. Why the case asks for the board is brought in step too.

    Called in the transaction that signs, under the lock of the case.

    Returns:
        The tasks, in the order of the recommendations.
    """
    former = _former(decision)
    going_on: dict[UUID, Task] = {}
    asked = list(Recommendation.objects.filter(decision=decision).select_related("owner"))
    board = board_of(decision)
    words = in_words(asked, version=decision.assessment.edition_version)
    terms = terms_of(
        asked,
        case=decision.case,
        assessment=decision.assessment,
        board=board,
        on=decided_on(decision),
        signer=by,
    )
    tasks = []
    for recommendation, said, term in zip(asked, words, terms, strict=True):
        text = ": ".join(filter(None, (said.text.rstrip("."), said.detail)))
        task = Task(
            case_id=decision.case_id,
            decision=decision,
            recommendation=recommendation,
            kind=recommendation.kind,
            code=recommendation.code,
            text=_fitting(text or said.kind),
            is_alternative=recommendation.alternative_to is not None,
            owner=term.owner,
            due_on=term.due_on,
        )
        before = next((t for t in former if t.pk not in going_on and _is_same(t, task)), None)
        if before is not None:
            going_on[before.pk] = before
            _carry_over(before, task)
        tasks.append(task)
    settle(tasks)
    Task.objects.bulk_create(tasks)
    record_each(action="task.made", subjects=tasks, by=by)
    for task in former:
        if task.pk in going_on or task.state in PENDING:
            _replace(task, by)
    if decision.version == 1:
        _close_rediscussions(decision, by)
    candidacies.refresh(case=decision.case)
    return tasks


def _former(decision: Decision) -> list[Task]:
    """What earlier versions asked for and no version replaced so far, pending tasks first."""
    rows = (
        Task.objects.select_for_update(of=("self",))
        .filter(
            decision__agenda_item=decision.agenda_item_id, decision__version__lt=decision.version
        )
        .exclude(Q(state=TaskState.REPLACED) & ~Q(not_done_text=ANOTHER))
        .select_related("recommendation", "owner")
        .order_by("id")
    )
    return sorted(rows, key=lambda task: task.state not in PENDING)


def _is_same(before: Task, after: Task) -> bool:
    """Whether two versions ask for the same: by its code, else word by word."""
    if (before.kind, before.code) != (after.kind, after.code):
        return False
    return bool(after.code) or before.text == after.text


def _carry_over(before: Task, after: Task) -> None:
    """Let a task go on where the former version's stood. What was named anew is kept."""
    for name in PROGRESS:
        setattr(after, name, getattr(before, name))
    open_again(after)
    was, asked = before.recommendation, after.recommendation
    if asked.owner_id in (None, was.owner_id):
        after.owner = before.owner
    if asked.due_on in (None, was.due_on):
        after.due_on, after.escalation = before.due_on, before.escalation


def _replace(task: Task, by: User) -> None:
    task.state, task.not_done_reason, task.not_done_text = TaskState.REPLACED, "", ""
    task.closed_at = timezone.now()
    task.version += 1
    task.save()
    record(action="task.replaced", subject=task, by=by)


def _close_rediscussions(decision: Decision, by: User) -> None:
    """Close what earlier decisions asked for: that the case be discussed again."""
    earlier = Task.objects.select_for_update().filter(
        case=decision.case_id, kind=RecommendationKind.REDISCUSSION, state__in=PENDING
    )
    for task in earlier.exclude(decision=decision).order_by("id"):
        events.carried_out(task=task, before=task.state, after=TaskState.DONE)
        task.state = task.said = TaskState.DONE
        task.done_on = decided_on(decision)
        task.closed_at = timezone.now()
        task.version += 1
        task.save()
        record(action="task.done", subject=task, by=by)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
