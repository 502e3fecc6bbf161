"""Reading a running meeting: what is before the board, for how long, and who is there."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from cases.models import AgendaItem, Attendance, Discussion, Meeting, Opinion
from cases.models.agenda_item import Track
from cases.models.specialty import Specialty
from cases.selectors.agendas import AgendaLine, agenda, present_at
from cases.selectors.board_members import specialties
from cases.selectors.forecast import Forecast, expected_of_each, forecast_of
from cases.selectors.quorum import Quorum, quorum_of, quorum_of_each
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import holders, signed_in


@dataclass(frozen=True)
class Look:
    """What the streams of one meeting are told, and who may still be told."""

    revision: int
    readers: Collection[UUID]
    sessions: Collection[str]


def look(
    *, meeting_id: UUID, person_ids: Collection[UUID], session_keys: Collection[str]
) -> Look | None:
    """The revision of a meeting and which of its followers may read it, in three queries.

    Returns:
        None where the current institution has no such meeting.
    """
    revision = revision_of(meeting_id)
    if revision is None:
        return None
    return Look(
        revision=revision,
        readers=holders(Permission.BOARD_READ, among=person_ids),
        sessions=signed_in(session_keys),
    )


def revision_of(meeting_id: UUID) -> int | None:
    """How often a meeting has changed for those who follow it; None where there is none."""
    return Meeting.objects.filter(pk=meeting_id).values_list("revision", flat=True).first()


@dataclass(frozen=True)
class LiveCase:
    """One case of a running meeting.

    Attributes:
        number: its place among the cases that are discussed, counted from 1; None where a
            standard of care settles it without discussion.
        seconds: how long the board had it before itself so far, at `Live.at`.
        expected_minutes: how long it is expected to take.
    """

    line: AgendaLine
    number: int | None
    seconds: int
    expected_minutes: int
    quorum: Quorum

    @property
    def item(self) -> AgendaItem:
        """The item of the list."""
        return self.line.item

    @property
    def is_signed(self) -> bool:
        """Whether its decision is signed."""
        return self.line.decision is not None

    @property
    def clock(self) -> str:
        """How long the board had it before itself, in minutes and seconds."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}"

    @property
    def is_late(self) -> bool:
        """Whether the board has had it before itself for longer than expected."""
        return self.seconds > self.expected_minutes * 60

    @property
    def stamp(self) -> str:
        """What changes whenever its decision is written on or signed."""
        drafted, signed = self.line.draft, self.line.decision
        return f"{drafted.version if drafted else 0}.{signed.version if signed else 0}"


@dataclass(frozen=True)
class Presence:
    """Who is there of one specialty; `specialty` is in words."""

    specialty: str
    people: tuple[Attendance, ...]


@dataclass(frozen=True)
class Live:
    """A meeting as everybody who follows it sees it.

    Attributes:
        at: the server's time of this reading, so that nobody's own clock matters.
        shown: what is before the board; None before the first case, and when that was taken off.
        clock_runs: whether the time of `shown` is counted now.
        presenter_id: who showed it.
        seats: the specialty that each member of the board stands for, by the person's id.
    """

    meeting: Meeting
    at: datetime.datetime
    cases: tuple[LiveCase, ...]
    shown: LiveCase | None
    clock_runs: bool
    presenter_id: UUID | None
    presence: tuple[Presence, ...]
    seats: Mapping[UUID, str]
    quorum: Quorum
    forecast: Forecast | None

    @property
    def count(self) -> int:
        """How many cases are discussed."""
        return sum(case.number is not None for case in self.cases)

    @property
    def signed(self) -> int:
        """How many of all cases are decided."""
        return sum(case.is_signed for case in self.cases)

    @property
    def people(self) -> list[Attendance]:
        """Everybody who is there."""
        return [person for group in self.presence for person in group.people]

    def case(self, item_id: UUID) -> LiveCase | None:
        """The case of an item; None where it is not on the list."""
        return next((case for case in self.cases if case.item.pk == item_id), None)

    def before(self, case: LiveCase) -> LiveCase | None:
        """The discussed case before `case`."""
        place = self.cases.index(case)
        return next((c for c in reversed(self.cases[:place]) if c.number), None)

    def after(self, case: LiveCase) -> LiveCase | None:
        """The discussed case after `case`."""
        place = self.cases.index(case)
        return next((c for c in self.cases[place + 1 :] if c.number), None)

    @property
    def to_begin_with(self) -> LiveCase | None:
        """The first discussed case that is not decided; the first one where all are."""
        discussed = [case for case in self.cases if case.number]
        return next((c for c in discussed if not c.is_signed), next(iter(discussed), None))


def live(meeting: Meeting) -> Live:
    """The meeting as it stands now, in a number of queries that does not grow with its cases.

    Reads the meeting's board; fetch it with the meeting.
    """
    at = timezone.now()
    lines = agenda(meeting)
    discussions = list(Discussion.objects.filter(meeting=meeting).order_by("began_at", "id"))
    cases = _cases(meeting, lines, _seconds(discussions, at))
    # The open one, or the last one where the clock stands still.
    latest = max(discussions, key=lambda d: (d.ended_at is None, d.began_at), default=None)
    shown = next((c for c in cases if latest and c.item.pk == latest.item_id), None)
    return Live(
        meeting=meeting,
        at=at,
        cases=cases,
        shown=shown,
        clock_runs=latest is not None and latest.ended_at is None,
        presenter_id=latest.shown_by_id if latest else None,
        presence=_presence(present_at(meeting)),
        seats=specialties(meeting.board_id),
        quorum=quorum_of(meeting),
        forecast=forecast_of(meeting, lines, now=at),
    )


def screen_stamp(item: AgendaItem) -> str:
    """What is another one as soon as the screen of an item must be read anew."""
    latest = Opinion.objects.filter(item=item).aggregate(at=Max("given_at"), count=Count("id"))
    seen = (item.case.version, item.case.assessment_id, item.question, *latest.values())
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:12]


def _cases(
    meeting: Meeting, lines: Sequence[AgendaLine], seconds: Mapping[UUID, int]
) -> tuple[LiveCase, ...]:
    quorum = quorum_of_each(meeting, [line.item for line in lines])
    expected = expected_of_each(lines)
    discussed = [line.item.pk for line in lines if line.item.track == Track.DISCUSSION]
    return tuple(
        LiveCase(
            line=line,
            number=discussed.index(line.item.pk) + 1 if line.item.pk in discussed else None,
            seconds=seconds.get(line.item.pk, 0),
            expected_minutes=expected[line.item.pk].minutes,
            quorum=quorum[line.item.pk],
        )
        for line in lines
    )


def _seconds(discussions: Sequence[Discussion], at: datetime.datetime) -> dict[UUID, int]:
    """How long each item was before the board, by its id; the open stretch until `at`."""
    spent: dict[UUID, datetime.timedelta] = defaultdict(datetime.timedelta)
    for discussion in discussions:
        spent[discussion.item_id] += max(
            (discussion.ended_at or at) - discussion.began_at, datetime.timedelta()
        )
    return {item_id: int(time.total_seconds()) for item_id, time in spent.items()}


def _presence(people: Sequence[Attendance]) -> tuple[Presence, ...]:
    """Those present, by specialty in the order of `Specialty`; then those without a code."""
    groups: dict[str, list[Attendance]] = defaultdict(list)
    for person in people:
        groups[person.specialty_code].append(person)
    coded = [
        Presence(specialty.label, tuple(groups[specialty]))
        for specialty in Specialty
        if specialty in groups
    ]
    others = tuple(groups[""]) if "" in groups else ()
    return (*coded, *((Presence("No specialty noted", others),) if others else ()))
