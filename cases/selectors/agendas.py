"""Reading boards, meetings, agendas, and the queue of cases that ask for a board."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
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
from cases.models.case import BoardLevel, Readiness
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import Annotations, annotations_of_each, annotations_of_signed
from cases.selectors.completeness import Completeness, completeness_on_list
from cases.selectors.notices import Notice, notices_of_each
from cases.selectors.preparation import with_preparation

ASKING = (BoardLevel.YES, BoardLevel.CONSIDER)

#: A meeting that began less than this ago still counts as the present one.
RECENT = datetime.timedelta(hours=12)


def queue() -> QuerySet[Case]:
    """Cases that ask for the board and are on no coming list.

    "yes" before "consider"; within each, cases that are ready go first, then the oldest. Each has
    what `with_preparation` says.

    A case whose current assessment has been decided no longer asks; one that a past meeting left
    undecided asks again. Each has `waiting_since`:
    when it was first assessed as asking, since it last did not ask and was last decided.
    """
    return (
        with_preparation(Case.objects.filter(board_level__in=ASKING))
        .exclude(readiness=Readiness.SIGNED)
        .exclude(is_on_coming_list())
        .select_related("patient", "assessment")
        .defer("assessment__facts", "assessment__origins")
        .annotate(urgency=_urgency(), waiting_since=_waiting_since())
        .order_by("urgency", "preparation_rank", "waiting_since", "id")
    )


def is_on_coming_list(case: str = "pk") -> Exists:
    """Whether a case stands on a coming list without a decision.

    Args:
        case: the column of the outer query that holds the case's id.
    """
    return Exists(
        AgendaItem.objects.filter(
            ~_is_decided(), case=OuterRef(case), meeting__starts_at__gte=timezone.now() - RECENT
        )
    )


def _is_decided() -> Exists:
    return Exists(Decision.objects.filter(agenda_item=OuterRef("pk")))


def _urgency() -> models.Case:
    return models.Case(
        models.When(board_level=BoardLevel.YES, then=models.Value(0)), default=models.Value(1)
    )


def _waiting_since() -> Subquery:
    """The oldest asking assessment with no quiet one and no decision after it."""
    quiet = Assessment.objects.filter(
        case=OuterRef("case"), made_at__gt=OuterRef("made_at"), board_level=BoardLevel.NO
    )
    decided = Decision.objects.filter(case=OuterRef("case"), signed_at__gt=OuterRef("made_at"))
    return Subquery(
        Assessment.objects.filter(case=OuterRef("pk"), board_level__in=ASKING)
        .exclude(Exists(quiet))
        .exclude(Exists(decided))
        .order_by("made_at")
        .values("made_at")[:1]
    )


def listed_in(case: Case) -> list[AgendaItem]:
    """Where `case` stands on a list without a decision, next meeting first."""
    return list(
        AgendaItem.objects.filter(~_is_decided(), case=case)
        .select_related("meeting__board")
        .order_by("meeting__starts_at")
    )


def coming_items(case: Case) -> list[AgendaItem]:
    """Where `case` stands on the list of a coming meeting without a decision, next first."""
    since = timezone.now() - RECENT
    return [item for item in listed_in(case) if item.meeting.starts_at >= since]


def boards() -> list[Board]:
    """The standing boards by name."""
    return list(Board.objects.order_by("name"))


def coming_meetings() -> QuerySet[Meeting]:
    """Meetings that have not begun more than half a day ago, next first, with their counts."""
    since = timezone.now() - RECENT
    return (
        Meeting.objects.filter(starts_at__gte=since)
        .select_related("board")
        .annotate(item_count=Count("items"))
        .order_by("starts_at", "id")
    )


def past_meetings() -> QuerySet[Meeting]:
    """Meetings before that, latest first."""
    since = timezone.now() - RECENT
    return (
        Meeting.objects.filter(starts_at__lt=since)
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
    items = list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("case__patient", "case__assessment", "meeting")
        .order_by("position")
    )
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
