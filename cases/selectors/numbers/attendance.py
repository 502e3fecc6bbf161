"""Who came, by specialty."""

from collections import defaultdict
from typing import Any

from cases.models import Attendance
from cases.models.specialty import Specialty
from cases.selectors.numbers.figures import Figure, Part, Section, Share
from cases.selectors.numbers.period import Period


def attendance(period: Period) -> Section:
    """Numbers on who was there."""
    required = dict(period.meetings.values_list("id", "board__required_specialties"))
    present: dict[Any, set[str]] = defaultdict(set)
    for meeting, code in Attendance.objects.filter(
        meeting__in=period.meetings.order_by()
    ).values_list("meeting_id", "specialty_code"):
        present[meeting].add(code)
    full = sum(set(asked) <= present[meeting] for meeting, asked in required.items())
    return Section(
        "Attendance",
        (
            Figure(
                "quorum",
                "Meetings with every required specialty",
                Share(full, len(required)),
                "Meetings at which each specialty that the board requires was noted as present.",
            ),
            Figure(
                "attendance",
                "Meetings with attendance noted, by specialty",
                Share(sum(1 for meeting in required if present[meeting]), len(required)),
                "Meetings with at least one person of the specialty noted as present. "
                "The figure itself counts meetings at which anybody was noted.",
                tuple(_of_each(required, present)),
            ),
        ),
    )


def _of_each(required: dict[Any, list[str]], present: dict[Any, set[str]]) -> list[Part]:
    """The specialties that were required or came, in the order of their names."""
    seen = {code for codes in (*required.values(), *present.values()) for code in codes if code}
    return [
        Part(
            str(Specialty(code).label),
            Share(sum(code in present[meeting] for meeting in required), len(required)),
        )
        for code in sorted(seen, key=lambda code: str(Specialty(code).label))
    ]
