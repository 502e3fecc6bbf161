"""From question to outcome: what was decided on a case, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet

from cases.models import AgendaItem, Case, Decision, Recommendation, Task
from cases.selectors.recommended import InWords, in_words
from cases.selectors.tasks import TaskLine, lines_of, with_context


@dataclass(frozen=True)
class LoopRow:
    """One recommendation in words, and its task; None where it was signed before there were any.

    `choice` is the same for those of which one will be carried out.
    """

    asked: InWords
    is_alternative: bool
    choice: int
    line: TaskLine | None


@dataclass(frozen=True)
class LoopDecision:
    """One signed version of a decision with all that followed.

    `amended_by` is the version that replaced it; `following` the next decision on the case, on
    another agenda item.
    """

    decision: Decision
    rows: Sequence[LoopRow]
    amended_by: Decision | None
    following: Decision | None

    @property
    def overdue(self) -> int:
        """How many of its tasks are past due; alternatives count as one."""
        return len({row.choice for row in self.rows if row.line and row.line.is_overdue})

    @property
    def pending(self) -> int:
        """How many of its tasks are still to be done; alternatives count as one."""
        return len({row.choice for row in self.rows if row.line and row.line.is_pending})


def loop_of(case: Case) -> list[LoopDecision]:
    """Every decision on a case with what became of it, newest first; four queries."""
    decisions = list(_decisions(case))
    return _loops(decisions, decisions)


def last_of(case: Case, *, besides: AgendaItem | None = None) -> LoopDecision | None:
    """What became of the last decision on a case.

    Args:
        besides: the agenda item that is looked at, whose own decision is not meant.
    """
    decisions = _decisions(case)
    if besides is not None:
        decisions = decisions.exclude(agenda_item=besides)
    last = decisions.first()
    return None if last is None else _loops([last], [last])[0]


def _decisions(case: Case) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(case=case)
        .select_related("assessment", "agenda_item__meeting__board")
        .defer("assessment__facts", "assessment__answer", "assessment__origins", "quoted")
        .order_by("-signed_at", "-version")
    )


def _loops(shown: Sequence[Decision], known: Sequence[Decision]) -> list[LoopDecision]:
    asked = _by_decision(Recommendation.objects.filter(decision__in=shown).order_by("position"))
    tasks = list(with_context(Task.objects.filter(decision__in=shown)))
    lines = {line.task.recommendation_id: line for line in lines_of(tasks)}
    return [_loop(decision, asked.get(decision.pk, []), lines, known) for decision in shown]


def _by_decision(rows: Iterable[Recommendation]) -> dict[UUID, list[Recommendation]]:
    ordered = sorted(rows, key=lambda row: (str(row.decision_id), row.position))
    return {pk: list(group) for pk, group in groupby(ordered, attrgetter("decision_id"))}


def _loop(
    decision: Decision,
    asked: Sequence[Recommendation],
    lines: Mapping[UUID, TaskLine],
    known: Sequence[Decision],
) -> LoopDecision:
    words = in_words(asked, version=decision.assessment.edition_version)
    later = [other for other in known if other.signed_at > decision.signed_at]
    own = [other for other in later if other.agenda_item_id == decision.agenda_item_id]
    others = [other for other in later if other.agenda_item_id != decision.agenda_item_id]
    return LoopDecision(
        decision=decision,
        rows=[
            LoopRow(
                asked=said,
                is_alternative=row.alternative_to is not None,
                choice=row.alternative_to or row.position,
                line=lines.get(row.pk),
            )
            for row, said in zip(asked, words, strict=True)
        ],
        amended_by=own[-1] if own else None,
        following=others[-1] if others else None,
    )
