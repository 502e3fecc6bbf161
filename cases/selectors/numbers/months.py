"""The same work month by month, for a chart."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from cases.models import Postponement
from cases.selectors.numbers.period import HELD_AT, Period


@dataclass(frozen=True)
class Month:
    """One month of the period: decisions, and cases that were postponed from its meetings."""

    first: datetime.date
    decided: int
    postponed: int

    @property
    def label(self) -> str:
        """Such as "Nov 2026"."""
        return self.first.strftime("%b %Y")


def months_of(period: Period) -> list[Month]:
    """Every month of the period in order, those without a meeting too."""
    begun = list(
        period.meetings.order_by().annotate(month=TruncMonth(HELD_AT)).values_list("month", "id")
    )
    month_of = {meeting: timezone.localdate(month) for month, meeting in begun}
    decided = Counter(
        month_of[meeting]
        for meeting in period.decisions.values_list("agenda_item__meeting_id", flat=True)
    )
    postponed: Counter[datetime.date] = Counter()
    for meeting, number in (
        Postponement.objects.filter(meeting__in=list(month_of))
        .values_list("meeting_id")
        .annotate(number=Count("id"))
        .order_by()
    ):
        postponed[month_of[meeting]] += number
    return [Month(first, decided[first], postponed[first]) for first in _firsts(period)]


def _firsts(period: Period) -> list[datetime.date]:
    first, firsts = period.first.replace(day=1), []
    while first <= period.last:
        firsts.append(first)
        first = (first + datetime.timedelta(days=32)).replace(day=1)
    return firsts
