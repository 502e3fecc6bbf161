"""The meetings behind the numbers, each in one line."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cases.models import Attendance
from cases.models.specialty import Specialty
from cases.selectors.numbers.period import HELD_AT, Period
from tumorboard.formats import moment


@dataclass(frozen=True)
class Sitting:
    """One meeting: when, how many cases stood on its list and were decided, who was there."""

    date: str
    board: str
    cases: int
    decided: int
    specialties: tuple[str, ...]


def sittings_of(period: Period) -> list[Sitting]:
    """The meetings of the period in order."""
    present: dict[Any, set[str]] = defaultdict(set)
    for meeting, code in (
        Attendance.objects.filter(meeting__in=period.meetings.order_by())
        .exclude(specialty_code="")
        .values_list("meeting_id", "specialty_code")
    ):
        present[meeting].add(str(Specialty(code).label))
    counted = period.meetings.select_related("board").annotate(
        cases=Count("items", distinct=True),
        decided=Count("items", filter=Q(items__decisions__isnull=False), distinct=True),
    )
    return [
        Sitting(
            date=moment(meeting.began_at or meeting.starts_at),
            board=meeting.board.name,
            cases=meeting.cases,
            decided=meeting.decided,
            specialties=tuple(sorted(present[meeting.id])),
        )
        for meeting in counted.order_by(HELD_AT, "id")
    ]
