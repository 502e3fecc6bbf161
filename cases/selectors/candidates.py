"""The cases that ask for a board, ranked by a priority that shows all of its addends."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.utils import timezone

from cases.models import Candidacy, Case
from cases.models.agenda_item import ListingReason
from cases.selectors.agendas import is_on_coming_list
from cases.selectors.cases import LAST_PAGE
from cases.selectors.preparation import with_preparation

DAYS_A_WEEK = 7
#: A full week of waiting adds 1, and no more than this in all [INT]: waiting alone never
#: outweighs what a result says.
MOST_WEEKS = 10


class _WeeksWaiting(Func):
    """Full weeks from one date to another, capped; both are expressions of dates."""

    template = f"LEAST({MOST_WEEKS}, (%(expressions)s) / {DAYS_A_WEEK})"
    arg_joiner = "::date - "
    output_field = IntegerField()


def candidates(*, reason: str = "", on: datetime.date | None = None) -> QuerySet[Any, Any]:
    """The cases with a reason to be discussed that are on no coming list undecided.

    Highest priority first, then who waits longest. Each row is a dict: `case_id`, `weight` (the
    sum of the reasons), `since` (the day on which the first of them began), `weeks` (what waiting
    adds) and `priority` (the sum of both).

    Args:
        reason: only cases with this `ListingReason`.
        on: the day; today where not given.
    """
    today = on or timezone.localdate()
    begun = Candidacy.objects.filter(begins_on__lte=today).exclude(is_on_coming_list("case"))
    asking = begun.values("case_id")
    if reason:
        asking = asking.alias(asked=Count("pk", filter=Q(reason=reason))).filter(asked__gt=0)
    return (
        asking.annotate(
            weight=Sum("weight"),
            since=Min("begins_on"),
            weeks=_WeeksWaiting(Value(today, output_field=DateField()), Min("begins_on")),
        )
        .annotate(priority=F("weight") + F("weeks"))
        .order_by("-priority", "since", "case_id")
    )


@dataclass(frozen=True)
class Addend:
    """One part of a priority: how much, of what in a word, and what it rests on."""

    weight: int
    name: str
    detail: str
    since: datetime.date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Candidate:
    """One case that asks for a board, with every addend of its priority, the heaviest first.

    `case` has patient and assessment (without facts and origins) and what `with_preparation` says.
    """

    case: Any
    priority: int
    since: datetime.date
    reasons: tuple[Addend, ...]
    weeks: int

    @property
    def addends(self) -> tuple[Addend, ...]:
        """Everything that the priority is the sum of, waiting last."""
        if not self.weeks:
            return self.reasons
        more = " or more" if self.weeks == MOST_WEEKS else ""
        words = f"{self.weeks} week{'s' if self.weeks > 1 else ''}{more} waiting"
        return (*self.reasons, Addend(self.weeks, words, "", self.since))

    @property
    def sum(self) -> str:
        """The priority in one line, such as "62 = 40 progression + 20 guidance + 2 weeks ..."."""
        parts = [f"{one.weight} {one.name}" if one.reason else one.name for one in self.addends]
        return f"{self.priority} = {' + '.join(parts)}"

    @property
    def because(self) -> ListingReason:
        """The heaviest reason: why it is listed when somebody puts it on a list now."""
        return ListingReason(self.reasons[0].reason)


@dataclass(frozen=True)
class CandidatePage:
    """One page of candidates, with whether there are others."""

    lines: Sequence[Candidate]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        """Whether a page lies before this one."""
        return self.number > 1


def page(*, reason: str = "", number: int = 1, size: int = 25) -> CandidatePage:
    """One page of the queue, counted from 1, without counting all; in three queries.

    Args:
        reason: only cases with this `ListingReason`.
    """
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    today = timezone.localdate()
    rows = list(candidates(reason=reason, on=today)[start : start + size + 1])
    return CandidatePage(
        lines=_lines(rows[:size], on=today), number=number, has_next=len(rows) > size
    )


def candidates_among(case_ids: Sequence[UUID]) -> dict[UUID, Candidate]:
    """Those of some cases that ask for a board now and are on no coming list, by the case's id."""
    today = timezone.localdate()
    rows = list(candidates(on=today).filter(case__in=case_ids))
    return {line.case.pk: line for line in _lines(rows, on=today)}


def reasons_of_each(
    case_ids: Sequence[UUID], *, on: datetime.date
) -> dict[UUID, tuple[Addend, ...]]:
    """Why cases ask for a board, on a list or not, the heaviest first, by the case's id."""
    reasons: dict[UUID, list[Addend]] = {case_id: [] for case_id in case_ids}
    begun = Candidacy.objects.filter(case__in=case_ids, begins_on__lte=on)
    for row in begun.order_by("-weight", "begins_on", "reason"):
        reasons[row.case_id].append(_addend(row))
    return {case_id: tuple(found) for case_id, found in reasons.items()}


def _lines(rows: Sequence[dict[str, Any]], *, on: datetime.date) -> list[Candidate]:
    ids = [row["case_id"] for row in rows]
    cases = {
        case.pk: case
        for case in with_preparation(Case.objects.filter(pk__in=ids), on=on)
        .select_related("patient", "assessment")
        .defer("assessment__facts", "assessment__origins")
    }
    reasons = reasons_of_each(ids, on=on)
    return [
        Candidate(
            case=cases[row["case_id"]],
            priority=row["priority"],
            since=row["since"],
            reasons=reasons[row["case_id"]],
            weeks=row["weeks"],
        )
        for row in rows
    ]


#: A reason in a word, as it stands beside its number.
NAMES = {
    ListingReason.GUIDANCE: "guidance",
    ListingReason.RESULT: "result",
    ListingReason.OVERDUE: "overdue",
    ListingReason.REDISCUSSION: "re-discussion",
    ListingReason.REFERRAL: "referral",
}


def _addend(row: Candidacy) -> Addend:
    """One reason; that of a result is named by its outcome, with which its words begin."""
    name = NAMES[ListingReason(row.reason)]
    if row.reason == ListingReason.RESULT:
        name = row.detail.partition(",")[0].lower()
    return Addend(row.weight, name, row.detail, row.begins_on, row.reason)
