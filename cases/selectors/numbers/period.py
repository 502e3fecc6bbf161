"""Which meetings are counted."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import AgendaItem, Board, Decision, Meeting

#: When a meeting was: when it began, which may be before its time; where nobody noted that, as
#: it was planned.
HELD_AT = Coalesce("began_at", "starts_at")


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both counted; one board, or all of an institution."""

    first: datetime.date
    last: datetime.date
    board: Board | None = None

    @property
    def meetings(self) -> QuerySet[Meeting]:
        """The meetings that were held: begun by now, and not canceled."""
        held = Meeting.objects.alias(held_at=HELD_AT).filter(
            Q(began_at__isnull=False) | Q(starts_at__lte=timezone.now()),
            held_at__gte=_midnight(self.first),
            held_at__lt=_midnight(self.last + datetime.timedelta(days=1)),
            cancelled_at=None,
        )
        return held.filter(board=self.board) if self.board else held

    @property
    def items(self) -> QuerySet[AgendaItem]:
        """What stands on their lists now; what was postponed stands on another one."""
        return AgendaItem.objects.filter(meeting__in=self.meetings.order_by())

    @property
    def decisions(self) -> QuerySet[Decision]:
        """Their decisions, each in its newest version."""
        signed = Decision.objects.filter(agenda_item__meeting__in=self.meetings.order_by())
        return signed.order_by("agenda_item_id", "-version").distinct("agenda_item_id")


def last_year(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The twelve months that end today: what the page shows where nobody asked for other days."""
    try:
        first = today.replace(year=today.year - 1)
    except ValueError:  # 29 February
        first = today.replace(year=today.year - 1, day=28)
    return first + datetime.timedelta(days=1), today


def _midnight(date: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min))
