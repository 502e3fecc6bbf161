"""Reading trials of editions: how far one has come, what it found, and what it looks at."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Func, JSONField

from cases.models import Case, EditionTrial, EditionTrialChange
from cases.selectors.cases import LAST_PAGE
from cases.selectors.trial_changes import CHECKS, COMPARED
from tumorboard.outbox.models import OutboxMessage

State = EditionTrial.State


class Standing(NamedTuple):
    """What stands of a case: its facts and the parts of its answer that a trial compares."""

    case_id: UUID
    edition_hash: str
    facts: dict[str, Any]
    answer: dict[str, Any]


class Compared(Func):
    """The parts of an answer that a trial compares, taken out by the database.

    A whole answer is some ten times as long, most of it explanation.
    """

    output_field = JSONField()
    template = (
        "(SELECT jsonb_object_agg(key, value) FROM jsonb_each(%(expressions)s) "
        "WHERE key IN (%(keys)s))"
    )

    def __init__(self, answer: F) -> None:
        super().__init__(answer, keys=", ".join(f"'{key}'" for key in (*COMPARED, CHECKS)))


def standings(*, after: UUID | None, most: int) -> list[Standing]:
    """The next cases after the one named, in the order in which they were opened."""
    cases = Case.objects.exclude(assessment=None).order_by("id")
    if after is not None:
        cases = cases.filter(id__gt=after)
    rows = cases.values_list(
        "id",
        "assessment__edition_hash",
        "assessment__facts",
        Compared(F("assessment__answer")),
    )
    return [Standing(*row) for row in rows[:most]]


def left_behind(edition_hash: str) -> int:
    """How many cases are still assessed by another edition than the one named."""
    assessed = Case.objects.exclude(assessment=None)
    return assessed.exclude(assessment__edition_hash=edition_hash).count()


def one_that_counts(edition_hash: str, *, lock: bool = False) -> EditionTrial | None:
    """The trial of an edition that is running or done; None where there is none."""
    trials = EditionTrial.objects.exclude(state=State.REPLACED).filter(edition__hash=edition_hash)
    if lock:
        trials = trials.select_for_update(of=("self",))
    return trials.select_related("started_by").first()


def has_stopped(trial: EditionTrial) -> bool:
    """Whether a trial failed for good, so that somebody has to start it again."""
    if trial.state != State.RUNNING or trial.job is None:
        return False
    return OutboxMessage.objects.filter(pk=trial.job, state=OutboxMessage.State.FAILED).exists()


def changed_since(trial: EditionTrial) -> bool:
    """Whether any case was opened or changed after a trial began."""
    return Case.objects.filter(changed_at__gt=trial.started_at).exists()


class Page(NamedTuple):
    """One page of the cases that would change, the weightiest change first."""

    changes: list[EditionTrialChange]
    number: int
    first: int
    has_next: bool


def page(trial: EditionTrial, *, number: int, size: int) -> Page:
    """One page, counted from 1, with each case and its patient."""
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    changes = EditionTrialChange.objects.filter(trial=trial).order_by("-weight", "case_id")
    found = list(changes.select_related("case__patient")[start : start + size + 1])
    return Page(found[:size], number, start + 1, len(found) > size)
