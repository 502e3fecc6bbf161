"""Agendas as they were published, and what changed on the list since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from cases.models import AgendaItem, AgendaPublication, Meeting
from cases.models.agenda_item import Track
from cases.selectors.agendas import AgendaLine
from cases.selectors.forecast import expected_of_each
from tumorboard.tenancy.scope import hidden_ids

#: How a case that is still to come will be settled.
COMING = {Track.DISCUSSION: "To discuss", Track.PROTOCOL: "By protocol"}


@dataclass(frozen=True)
class FrozenLine:
    """One case as it stood on a list; what `AgendaPublication.lines` holds of it."""

    case: str
    position: int
    name: str
    record_number: str
    title: str
    question: str
    track: str
    minutes: int

    @property
    def track_words(self) -> str:
        """How it is to be settled, in words."""
        return COMING[Track(self.track)]


@dataclass(frozen=True)
class Change:
    """What became of one case on a list since it was published.

    `position` is where it stands now; where it was taken off, where it stood.
    """

    position: int
    name: str
    record_number: str
    what: tuple[str, ...]


def frozen(lines: Sequence[AgendaLine]) -> list[dict[str, Any]]:
    """An agenda as it is kept when it is published, in one query."""
    expected = expected_of_each(lines)
    return [asdict(_frozen(line.item, expected[line.item.pk].minutes)) for line in lines]


def lines_of(publication: AgendaPublication) -> list[FrozenLine]:
    """The list as it was published, without cases that were restricted since to others."""
    hidden = hidden_ids()
    lines = [FrozenLine(**line) for line in publication.lines]
    return [line for line in lines if UUID(line.case) not in hidden]


def is_whole(publication: AgendaPublication) -> bool:
    """Whether every case of it may be seen; what was printed cannot be shown in part."""
    return len(lines_of(publication)) == len(publication.lines)


def publications_of(meeting: Meeting) -> list[AgendaPublication]:
    """Every published version of a meeting's agenda, newest first, without the PDFs.

    Each has `is_whole`.
    """
    found = AgendaPublication.objects.filter(meeting=meeting).select_related("published_by")
    publications = list(found.defer("pdf").order_by("-number"))
    for publication in publications:
        publication.is_whole = is_whole(publication)  # type: ignore[attr-defined]
    return publications


def changes_since(publication: AgendaPublication, lines: Sequence[AgendaLine]) -> list[Change]:
    """What changed between the published list and `lines`, in the order of the list of today.

    What was taken off stands at the end.
    """
    now = [FrozenLine(**line) for line in frozen(lines)]
    decided = {str(line.item.case_id) for line in lines if line.decision}
    return changes(lines_of(publication), now, decided=decided)


def changes(
    before: Sequence[FrozenLine], now: Sequence[FrozenLine], *, decided: Collection[str] = ()
) -> list[Change]:
    """What differs between two lists, case by case.

    A case whose number changes only because another one came, went or passed it has not moved.

    Args:
        decided: cases that nobody expects any minutes of any more.
    """
    then, today = _by_case(before), _by_case(now)
    kept = _in_place(before, now)
    found = []
    for case, line in today.items():
        what = ["added"]
        if case in then:
            what = list(_differences(then[case], line))
            if case not in kept:
                what.insert(0, f"moved from {then[case].position} to {line.position}")
            if case not in decided and then[case].minutes != line.minutes:
                what.append(f"{then[case].minutes} to {line.minutes} minutes")
        if what:
            found.append(_change(line, what))
    return found + [
        _change(line, ["taken off"]) for case, line in then.items() if case not in today
    ]


def _differences(before: FrozenLine, now: FrozenLine) -> Iterator[str]:
    if before.question != now.question:
        yield "question changed"
    if before.track != now.track:
        yield f"track: {now.track_words.lower()}"


def _in_place(before: Sequence[FrozenLine], now: Sequence[FrozenLine]) -> set[str]:
    """The cases of both lists that keep their order; every other one was moved."""
    then, today = [line.case for line in before], [line.case for line in now]
    then = [case for case in then if case in set(today)]
    today = [case for case in today if case in set(then)]
    blocks = SequenceMatcher(None, then, today, autojunk=False).get_matching_blocks()
    return {case for block in blocks for case in today[block.b : block.b + block.size]}


def _by_case(lines: Sequence[FrozenLine]) -> Mapping[str, FrozenLine]:
    return {line.case: line for line in lines}


def _change(line: FrozenLine, what: Sequence[str]) -> Change:
    return Change(line.position, line.name, line.record_number, tuple(what))


def _frozen(item: AgendaItem, minutes: int) -> FrozenLine:
    patient = item.case.patient
    return FrozenLine(
        case=str(item.case_id),
        position=item.position,
        name=patient.name,
        record_number=patient.record_number,
        title=item.case.title,
        question=item.question,
        track=item.track,
        minutes=minutes,
    )
