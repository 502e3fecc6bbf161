"""Reading boards, meetings, agendas, and the queue of cases that ask for a board."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import AgendaItem, Case, Decision, DecisionDraft, Meeting
from cases.models.case import BoardLevel, Readiness

#: A meeting that began less than this ago still counts as the present one.
RECENT = datetime.timedelta(hours=12)


def queue() -> QuerySet[Case]:
    """Cases that ask for the board and are on no list yet: "yes" before "consider", then oldest.

    A case whose current assessment has been decided no longer asks.
    """
    undecided = ~Exists(Decision.objects.filter(agenda_item=OuterRef("pk")))
    listed = AgendaItem.objects.filter(undecided, case=OuterRef("pk"))
    urgency = models.Case(
        models.When(board_level=BoardLevel.YES, then=models.Value(0)), default=models.Value(1)
    )
    return (
        Case.objects.filter(board_level__in=[BoardLevel.YES, BoardLevel.CONSIDER])
        .exclude(readiness=Readiness.SIGNED)
        .exclude(Exists(listed))
        .select_related("patient", "assessment")
        .annotate(urgency=urgency)
        .order_by("urgency", "changed_at", "id")
    )


def coming_meetings() -> QuerySet[Meeting]:
    """Meetings that have not begun more than half a day ago, next first, with their counts."""
    since = timezone.now() - RECENT
    return (
        Meeting.objects.filter(starts_at__gte=since)
        .select_related("board")
        .annotate(item_count=Count("items"))
        .order_by("starts_at")
    )


def past_meetings() -> QuerySet[Meeting]:
    """Meetings before that, latest first."""
    since = timezone.now() - RECENT
    return (
        Meeting.objects.filter(starts_at__lt=since)
        .select_related("board")
        .annotate(item_count=Count("items"))
        .order_by("-starts_at")
    )


@dataclass(frozen=True)
class AgendaLine:
    """One item of an agenda with what became of it."""

    item: AgendaItem
    decision: Decision | None
    draft: DecisionDraft | None

    @property
    def status(self) -> str:
        """In the words of the interface."""
        if self.decision is not None:
            return "signed"
        return "needs a decision"


def agenda(meeting: Meeting) -> list[AgendaLine]:
    """The items of a meeting in order, each with patient, assessment, draft and decision."""
    items = list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("case__patient", "case__assessment")
        .order_by("position")
    )
    decisions: dict[Any, Decision] = {
        d.agenda_item_id: d
        for d in Decision.objects.filter(agenda_item__in=items)
        .select_related("assessment")
        .order_by("version")
    }
    drafts = {d.agenda_item_id: d for d in DecisionDraft.objects.filter(agenda_item__in=items)}
    return [AgendaLine(i, decisions.get(i.id), drafts.get(i.id)) for i in items]
