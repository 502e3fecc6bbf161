"""How long cases take: in the meeting, and on the way to it."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Decision, Discussion
from cases.selectors.numbers.figures import Figure, Section, Spread
from cases.selectors.numbers.period import Period

MINUTE = timedelta(minutes=1)


def times(period: Period) -> Section:
    """Numbers on time."""
    return Section(
        "Time",
        (
            Figure(
                "minutes_per_case",
                "Minutes per case",
                Spread.of(_minutes(period), "minutes"),
                "For each item that a meeting had before it: all its stretches of time together.",
            ),
            Figure(
                "referral_to_discussion",
                "From referral to discussion",
                Spread.of(_days_to_discussion(period), "days"),
                "Days from the referral to the meeting, for cases that were decided for the "
                "first time and whose referral has a date.",
            ),
        ),
    )


def _minutes(period: Period) -> list[float]:
    spent: dict[Any, timedelta] = defaultdict(timedelta)
    stretches = Discussion.objects.filter(meeting__in=period.meetings.order_by())
    for meeting, item, began_at, ended_at in stretches.values_list(
        "meeting_id", "item_id", "began_at", "ended_at"
    ):
        if ended_at is not None:
            spent[meeting, item] += ended_at - began_at
    return [together / MINUTE for together in spent.values()]


def _days_to_discussion(period: Period) -> list[float]:
    earlier = Decision.objects.filter(
        case=OuterRef("case"), signed_at__lt=OuterRef("signed_at")
    ).exclude(agenda_item=OuterRef("agenda_item"))
    first = Decision.objects.filter(
        ~Exists(earlier),
        agenda_item__meeting__in=period.meetings.order_by(),
        version=1,
    ).values_list(
        "case__referred_on",
        Coalesce("agenda_item__meeting__began_at", "agenda_item__meeting__starts_at"),
    )
    days = [(timezone.localdate(met) - referred).days for referred, met in first if referred]
    return [float(number) for number in days if number >= 0]
