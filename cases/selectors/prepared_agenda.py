"""The agenda of a meeting with all that preparing it asks for, for the page and for paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from cases.models import AgendaItem, AgendaPublication, Meeting
from cases.selectors.agendas import AgendaLine, agenda
from cases.selectors.candidates import Addend, reasons_of_each
from cases.selectors.forecast import Expected, Forecast, expected_of_each, forecast_of
from cases.selectors.publications import Change, changes_since, publications_of
from cases.selectors.quorum import Quorum, quorum_of, quorum_of_each
from cases.selectors.standards import Standing, standings_on_list


@dataclass(frozen=True)
class PreparedLine:
    """One case of an agenda: how long it takes, who is missing for it, and what marks it.

    `is_late`: listed after the cut-off. `is_unpublished`: listed after the last publication.
    `is_first_over`: the first case that the meeting's time will not be enough for. `reasons`: why
    the case asks for a board now, the heaviest first; none once it is decided. `standing`: the
    standard that settles it or is for it, and whether it holds; None where there is none.
    """

    line: AgendaLine
    expected: Expected
    quorum: Quorum
    is_late: bool
    is_unpublished: bool
    is_first_over: bool
    reasons: tuple[Addend, ...] = ()
    standing: Standing | None = None

    @property
    def priority(self) -> int:
        """How much speaks for its being discussed: the weights of its reasons."""
        return sum(reason.weight for reason in self.reasons)

    @property
    def item(self) -> AgendaItem:
        """The item itself."""
        return self.line.item

    @property
    def is_decided(self) -> bool:
        """Whether a decision was signed, so that it keeps its place."""
        return self.line.decision is not None

    @property
    def check_words(self) -> str:
        """How many checks press, and how many of them nobody acknowledged; empty for none."""
        pressing = self.line.guidance.pressing if self.line.guidance else []
        if not pressing:
            return ""
        said = f"{len(pressing)} check{'s' if len(pressing) > 1 else ''}"
        open_count = sum(check.is_open for check in pressing)
        return f"{said}, {open_count} not acknowledged" if open_count else said

    @property
    def has_blocking(self) -> bool:
        """Whether a critical check is to be acknowledged before a decision is signed."""
        return bool(self.line.guidance and self.line.guidance.blocking)

    @property
    def marks(self) -> tuple[str, ...]:
        """What sets it apart, in words."""
        found = (
            (self.is_late, "Listed after the cut-off"),
            (self.is_unpublished, "Not in the published agenda"),
            (self.is_first_over, "First that does not fit"),
        )
        return tuple(words for is_so, words in found if is_so)


@dataclass(frozen=True)
class PreparedAgenda:
    """A meeting's agenda; `forecast` is None once the meeting is over.

    `publications` are newest first; `changes` are those since the newest one.
    """

    lines: tuple[PreparedLine, ...]
    forecast: Forecast | None
    quorum: Quorum
    publications: tuple[AgendaPublication, ...]
    changes: tuple[Change, ...]

    @property
    def signed(self) -> int:
        """How many cases are decided."""
        return sum(line.is_decided for line in self.lines)

    @property
    def left(self) -> int:
        """How many cases are not."""
        return len(self.lines) - self.signed

    @property
    def unasked(self) -> int:
        """How many cases have no question written."""
        return sum(not line.item.question for line in self.lines)

    @property
    def minutes(self) -> int:
        """What all cases are expected to take, decided ones too."""
        return sum(line.expected.minutes for line in self.lines)

    @property
    def published(self) -> AgendaPublication | None:
        """The newest published version."""
        return self.publications[0] if self.publications else None


def prepared_agenda(meeting: Meeting, lines: Sequence[AgendaLine] | None = None) -> PreparedAgenda:
    """The agenda of `meeting`, prepared; in a constant number of queries.

    Args:
        meeting: with its board.
        lines: its agenda, where it was read already.
    """
    lines = agenda(meeting) if lines is None else lines
    publications = publications_of(meeting)
    published = publications[0] if publications else None
    forecast = forecast_of(meeting, lines)
    expected = forecast.expected if forecast else expected_of_each(lines)
    quorum = quorum_of_each(meeting, [line.item for line in lines])
    first_over = forecast.first_over if forecast else None
    cases = [line.item.case_id for line in lines]
    reasons = reasons_of_each(cases, on=timezone.localdate())
    standings = standings_on_list([line.item for line in lines if line.decision is None])
    return PreparedAgenda(
        lines=tuple(
            PreparedLine(
                line=line,
                expected=expected[line.item.pk],
                quorum=quorum[line.item.pk],
                is_late=_is_late(line.item, meeting),
                is_unpublished=published is not None
                and line.item.listed_at > published.published_at,
                is_first_over=first_over is not None and first_over.pk == line.item.pk,
                reasons=() if line.decision else reasons[line.item.case_id],
                standing=standings.get(line.item.pk),
            )
            for line in lines
        ),
        forecast=forecast,
        quorum=quorum_of(meeting),
        publications=tuple(publications),
        changes=tuple(changes_since(published, lines)) if published else (),
    )


def _is_late(item: AgendaItem, meeting: Meeting) -> bool:
    return meeting.cutoff_at is not None and item.listed_at > meeting.cutoff_at
