"""How long the cases of a meeting are expected to take, and when it will be through.

The minutes are the product's own estimate [INT]: a case with an electronic checklist took 3.1
minutes in published experience, and more where there is more to weigh or to clear up. Whoever
prepares the list may set the minutes of a case instead.
"""

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from cases.models import AgendaItem, Decision, Discussion, Meeting
from cases.models.acknowledgment import CRITICAL
from cases.models.agenda_item import Track
from cases.selectors.agendas import AgendaLine, is_over


@dataclass(frozen=True)
class Addend:
    """What makes a case take longer: so many minutes for each of it, up to so many.

    `many` are the words for several; empty where there is never more than one.
    """

    words: str
    many: str
    each_minutes: int
    most_minutes: int

    def counted(self, count: int) -> str:
        """So many of it, in words."""
        if not self.many:
            return f"the {self.words}"
        return f"{count} {self.words if count == 1 else self.many}"


#: Any case that is discussed, and one that a standard settles [INT].
BASE_MINUTES = 3
PROTOCOL_MINUTES = 1
#: What is added to the base [INT].
FIRST = Addend("first time before a board", "", 2, 2)
OPTION = Addend("further option to weigh", "further options to weigh", 1, 2)
CRITICAL_CHECK = Addend("critical check", "critical checks", 1, 2)
CONTRADICTION = Addend("contradiction in the record", "contradictions in the record", 1, 2)
GAP = Addend("gap in the minimum data set", "gaps in the minimum data set", 1, 2)
ADDENDS = (FIRST, OPTION, CRITICAL_CHECK, CONTRADICTION, GAP)


@dataclass(frozen=True)
class Expected:
    """The expected minutes of one case, and of what they are made, in words."""

    minutes: int
    because: tuple[str, ...]
    is_set: bool = False

    @property
    def words(self) -> str:
        """The reasons in one line."""
        return ", ".join(self.because)


@dataclass(frozen=True)
class Forecast:
    """When a meeting will be through, if the cases that are left take as long as expected.

    `expected` is by the item's id. `first_over` is the first case that will not be through before
    the meeting's time is; None where all will be. Times are said by the clock of `zone`.
    """

    expected: Mapping[UUID, Expected]
    finish: datetime.datetime
    end: datetime.datetime
    first_over: AgendaItem | None
    zone: str

    @property
    def minutes_over(self) -> int:
        """By how many minutes it takes too long; below 0 the minutes to spare."""
        return math.ceil((self.finish - self.end).total_seconds() / 60)

    @property
    def is_over(self) -> bool:
        """Whether it takes too long."""
        return self.minutes_over > 0

    @property
    def words(self) -> str:
        """The finish in one sentence."""
        over = self.minutes_over
        with timezone.override(self.zone):
            when = f"Finishes about {timezone.localtime(self.finish):%H:%M}"
        if over == 0:
            return f"{when}, on time."
        return f"{when}, {_minutes(abs(over))} {'over' if over > 0 else 'to spare'}."


def forecast_of(
    meeting: Meeting, lines: Sequence[AgendaLine], *, now: datetime.datetime | None = None
) -> Forecast | None:
    """The forecast of a meeting that is not over, in two queries; None once it is.

    From its beginning, or from now where that has passed: only what is not decided counts then,
    and what the case that is before the board has already taken is taken off its minutes.

    Args:
        lines: its agenda.
        now: the time; the present one where not given.
    """
    if is_over(meeting) or meeting.cancelled_at is not None:
        return None
    now = now or timezone.now()
    expected = expected_of_each(lines)
    end = (meeting.began_at or meeting.starts_at) + datetime.timedelta(minutes=meeting.minutes)
    finish = max(meeting.starts_at, now) if meeting.began_at is None else now
    taken, first_over = _taken(meeting, now), None
    for line in lines:
        if line.decision is not None:
            continue
        length = datetime.timedelta(minutes=expected[line.item.pk].minutes)
        finish += max(length - taken.get(line.item.pk, datetime.timedelta()), datetime.timedelta())
        if first_over is None and finish > end:
            first_over = line.item
    return Forecast(expected, finish, end, first_over, meeting.board.time_zone)


def expected_of_each(lines: Sequence[AgendaLine]) -> dict[UUID, Expected]:
    """How long each case of an agenda is expected to take, by the item's id, in one query."""
    items = [line.item for line in lines]
    earlier = Decision.objects.filter(case__in=[item.case_id for item in items])
    known = set(earlier.exclude(agenda_item__in=items).values_list("case_id", flat=True))
    return {
        line.item.pk: _expected(line, is_first=line.item.case_id not in known) for line in lines
    }


def _expected(line: AgendaLine, *, is_first: bool) -> Expected:
    item = line.item
    if item.minutes is not None:
        return Expected(item.minutes, ("as set by hand",), is_set=True)
    if item.track == Track.PROTOCOL:
        return Expected(PROTOCOL_MINUTES, ("settled by protocol",))
    found = list(_added(line, is_first=is_first))
    because = (f"{BASE_MINUTES} min for any case", *(words for words, _ in found))
    return Expected(BASE_MINUTES + sum(minutes for _, minutes in found), because)


def _added(line: AgendaLine, *, is_first: bool) -> Iterator[tuple[str, int]]:
    for addend, count in _counts(line, is_first=is_first):
        minutes = min(count * addend.each_minutes, addend.most_minutes)
        if minutes > 0:
            yield f"{minutes} min for {addend.counted(count)}", minutes


def _counts(line: AgendaLine, *, is_first: bool) -> Iterable[tuple[Addend, int]]:
    answer = line.assessment.answer if line.assessment else {}
    branch = answer.get("branch_detail") or {}
    options = [action for action in branch.get("actions", ()) if action["group"]]
    critical = [check for check in answer.get("checks", ()) if check["severity"] == CRITICAL]
    gaps = line.completeness.open_gaps if line.completeness else ()
    return (
        (FIRST, int(is_first)),
        (OPTION, len(options) - 1),
        (CRITICAL_CHECK, len(critical)),
        (CONTRADICTION, len(answer.get("contradictions", ())) + len(line.notices)),
        (GAP, len(gaps)),
    )


def _taken(meeting: Meeting, now: datetime.datetime) -> dict[UUID, datetime.timedelta]:
    """What the case that is before the board has taken since it was last shown."""
    shown = Discussion.objects.filter(meeting=meeting, ended_at=None)
    return {discussion.item_id: now - discussion.began_at for discussion in shown}


def _minutes(count: int) -> str:
    return f"{count} minute" if count == 1 else f"{count} minutes"
