"""Reading boards, meetings and agendas."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Assessment,
    Attendance,
    Board,
    Case,
    Decision,
    DecisionDraft,
    Meeting,
)
from cases.models.case import BoardLevel
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import Annotations, annotations_of_each, annotations_of_signed
from cases.selectors.completeness import Completeness, completeness_on_list
from cases.selectors.notices import Notice, notices_of_each

ASKING = (BoardLevel.YES, BoardLevel.CONSIDER)

#: A meeting that began less than this ago still counts as the present one.
RECENT = datetime.timedelta(hours=12)


def is_on_coming_list(case: str = "pk") -> Exists:
    """Whether a case stands on a coming list without a decision.

    Args:
        case: the column of the outer query that holds the case's id.
    """
    return Exists(
        AgendaItem.objects.filter(~_is_decided(), is_coming("meeting__"), case=OuterRef(case))
    )


def is_coming(meeting: str = "") -> Q:
    """The condition of a meeting that is neither over nor canceled.

    Args:
        meeting: the way from the queried rows to the meeting, such as "meeting__".
    """
    return Q(
        (f"{meeting}starts_at__gte", timezone.now() - RECENT),
        (f"{meeting}ended_at", None),
        (f"{meeting}cancelled_at", None),
    )


def is_over(meeting: Meeting) -> bool:
    """Whether a meeting was ended, or began so long ago that it must be."""
    return meeting.ended_at is not None or meeting.starts_at < timezone.now() - RECENT


def _is_decided() -> Exists:
    return Exists(Decision.objects.filter(agenda_item=OuterRef("pk")))


def listed_in(case: Case) -> list[AgendaItem]:
    """Where `case` stands on a list without a decision, next meeting first."""
    return list(
        AgendaItem.objects.filter(~_is_decided(), case=case)
        .select_related("meeting__board")
        .order_by("meeting__starts_at")
    )


def coming_items(case: Case) -> list[AgendaItem]:
    """Where `case` stands on the list of a coming meeting without a decision, next first."""
    return list(
        AgendaItem.objects.filter(~_is_decided(), is_coming("meeting__"), case=case)
        .select_related("meeting__board")
        .order_by("meeting__starts_at")
    )


def boards() -> list[Board]:
    """The standing boards by name."""
    return list(Board.objects.order_by("name"))


def coming_meetings() -> QuerySet[Meeting]:
    """Meetings that are neither over nor canceled, next first, with their counts."""
    return (
        Meeting.objects.filter(is_coming())
        .select_related("board")
        .annotate(item_count=Count("items"))
        .order_by("starts_at", "id")
    )


def meetings_after(meeting: Meeting) -> QuerySet[Meeting]:
    """Later meetings to which a case of `meeting` may move, those of its board first."""
    own = models.Case(
        models.When(board=meeting.board_id, then=models.Value(0)), default=models.Value(1)
    )
    later = coming_meetings().filter(starts_at__gte=meeting.starts_at).exclude(pk=meeting.pk)
    return later.order_by(own, "starts_at", "id")


def listed_cases(meeting: Meeting) -> list[UUID]:
    """The ids of the cases on the list of a meeting."""
    return list(AgendaItem.objects.filter(meeting=meeting).values_list("case_id", flat=True))


def undecided(meeting: Meeting) -> list[AgendaItem]:
    """The items of a meeting without a decision, in order, each with its patient."""
    items = AgendaItem.objects.filter(~_is_decided(), meeting=meeting)
    return list(items.select_related("case__patient").order_by("position"))


def past_meetings() -> QuerySet[Meeting]:
    """Meetings that are over, latest first; canceled ones are in the calendar alone."""
    return (
        Meeting.objects.filter(
            Q(starts_at__lt=timezone.now() - RECENT) | Q(ended_at__isnull=False), cancelled_at=None
        )
        .select_related("board")
        .annotate(item_count=Count("items"))
        .order_by("-starts_at", "id")
    )


@dataclass(frozen=True)
class AgendaLine:
    """One item of an agenda with what became of it."""

    item: AgendaItem
    decision: Decision | None
    draft: DecisionDraft | None
    annotations: Annotations
    #: What the minimum data set says of the case; None once it is decided.
    completeness: Completeness | None
    #: What speaks against the result in play; none once it is decided.
    notices: tuple[Notice, ...] = ()

    @property
    def guidance(self) -> AnnotatedAnswer | None:
        """What the guidance says of the case, with what stands or stood beside it."""
        assessment = self.assessment
        return AnnotatedAnswer(assessment.answer, self.annotations) if assessment else None

    @property
    def status(self) -> str:
        """In the words of the interface."""
        if self.decision is not None:
            return "signed"
        return "needs a decision"

    @property
    def assessment(self) -> Assessment | None:
        """What the board saw when it decided; as long as it has not, what stands now."""
        return self.decision.assessment if self.decision else self.item.case.assessment

    @property
    def gaps(self) -> int:
        """How many facts the case still misses; none any more once it is decided."""
        return 0 if self.decision else self.item.case.missing_count


def agenda(meeting: Meeting) -> list[AgendaLine]:
    """The items of a meeting in order, each with patient, assessment, draft and decision."""
    return lines_of(items_of(meeting))


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The items of a meeting in order, each with patient, assessment and standard."""
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("case__patient", "case__assessment", "meeting__board", "standard")
        .order_by("position")
    )


def lines_of(
    items: Sequence[AgendaItem], *, notices: Mapping[Any, tuple[Notice, ...]] | None = None
) -> list[AgendaLine]:
    """Items of one meeting with what became of each.

    Args:
        notices: what speaks against the results in play, by the case's id, where it was read.
    """
    decisions: dict[Any, Decision] = {
        d.agenda_item_id: d
        for d in Decision.objects.filter(agenda_item__in=items)
        .select_related("assessment")
        .order_by("version")
    }
    drafts = {d.agenda_item_id: d for d in DecisionDraft.objects.filter(agenda_item__in=items)}
    annotations = _annotations(items, decisions)
    open_items = [item for item in items if item.id not in decisions]
    prepared = completeness_on_list(open_items)
    if notices is None:
        notices = notices_of_each([item.case_id for item in open_items])
    return [
        AgendaLine(
            item=item,
            decision=decisions.get(item.id),
            draft=drafts.get(item.id),
            annotations=annotations[item.id],
            completeness=prepared.get(item.id),
            notices=() if item.id in decisions else notices[item.case_id],
        )
        for item in items
    ]


def _annotations(
    items: Sequence[AgendaItem], decisions: Mapping[Any, Decision]
) -> dict[Any, Annotations]:
    """What stands beside each item's assessment, by the item's id; once decided, what stood."""
    pairs = [(i.case, i.case.assessment) for i in items if i.case.assessment]
    now = annotations_of_each(pairs)
    return {
        item.id: annotations_of_signed(decisions[item.id])
        if item.id in decisions
        else now.get(item.case_id, Annotations())
        for item in items
    }


@dataclass(frozen=True)
class Neighbors:
    """The items before and after one on the same list, for running a meeting."""

    previous: AgendaItem | None
    next: AgendaItem | None
    count: int


def neighbors(item: AgendaItem) -> Neighbors:
    """What stands before and after `item` on its list."""
    items = list(
        AgendaItem.objects.filter(meeting_id=item.meeting_id)
        .select_related("case__patient")
        .order_by("position")
    )
    place = [other.id for other in items].index(item.id)
    return Neighbors(
        previous=items[place - 1] if place else None,
        next=items[place + 1] if place + 1 < len(items) else None,
        count=len(items),
    )


def decision_of(item: AgendaItem) -> Decision | None:
    """The signed decision on `item` with what it quotes; the latest version where amended."""
    return (
        Decision.objects.filter(agenda_item=item)
        .select_related("assessment", "signed_by")
        .order_by("-version")
        .first()
    )


def present_at(meeting: Meeting) -> list[Attendance]:
    """Who is noted as present, by name."""
    return list(Attendance.objects.filter(meeting=meeting).order_by("name"))
