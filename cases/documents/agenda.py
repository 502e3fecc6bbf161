"""The printed agenda of one meeting."""

from dataclasses import asdict, dataclass
from datetime import datetime

from cases.documents.lines import (
    BoardReasonLine,
    CheckLine,
    LocalLine,
    Standing,
    StudyLine,
    WarningLine,
)
from cases.documents.timeline.listing import Listing
from cases.documents.typesetting import PageSize, typeset


@dataclass(frozen=True)
class ComparedLine:
    """One study in a column under its heading; empty strings where nothing is known."""

    heading: str
    date: str
    study: str
    outcome: str
    summary: str
    measured: str


@dataclass(frozen=True)
class AheadLine:
    """What follows one result; `is_in_play` marks the result that the case has."""

    outcomes: str
    trigger: str
    steps: tuple[str, ...]
    interval: str
    is_in_play: bool


@dataclass(frozen=True)
class TimelineLines:
    """The picture of the story as SVG, with everything in it in words for who cannot see it.

    Where it could not be drawn `picture` is empty, and `listing` is printed in its place.
    """

    picture: str
    description: str
    listing: Listing


@dataclass(frozen=True)
class OpinionLine:
    """What somebody who may not come thinks; `who` with specialty and time."""

    who: str
    text: str


@dataclass(frozen=True)
class AgendaItemPage:
    """One case on the agenda: what `boards/item_screen.html` shows of it.

    `story` and `key_numbers` are pairs of label and value, such as ("Grade", "G2 (WHO 2022)").
    `marks` are short words on the item itself: its track, late, expected minutes. `quorum` says
    who is missing. `waiting` are the newest studies without a result. `open_questions` can change
    the answer; `withheld` are treatment options that the guidance keeps back, with what does;
    `before_ordering` are to be confirmed before the recommended study is ordered.
    `notices` speak against the result in play. `obstacles` are pairs of label and value, such as
    ("Devices", "Pacemaker: MR unsafe"). Empty strings and tuples leave no heading behind.
    """

    position: int
    patient_name: str
    record_number: str
    birth_date: str
    sex: str
    question: str
    story: tuple[tuple[str, str], ...]
    key_numbers: tuple[tuple[str, str], ...]
    standing: Standing
    recommended: StudyLine | None
    recommended_label: str
    alternatives: tuple[StudyLine, ...]
    board_reasons: tuple[BoardReasonLine, ...]
    open_questions: tuple[str, ...]
    before_ordering: tuple[str, ...]
    checks: tuple[CheckLine, ...]
    marks: tuple[str, ...] = ()
    quorum: str = ""
    waiting: tuple[str, ...] = ()
    imaging: tuple[ComparedLine, ...] = ()
    ahead: tuple[AheadLine, ...] = ()
    withheld: tuple[str, ...] = ()
    local: tuple[LocalLine, ...] = ()
    timeline: TimelineLines | None = None
    notices: tuple[WarningLine, ...] = ()
    missing: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    obstacles: tuple[tuple[str, str], ...] = ()
    opinions: tuple[OpinionLine, ...] = ()


@dataclass(frozen=True)
class AgendaDocument:
    """The agenda of one meeting; times and dates are already formatted ("21 Nov 2026, 14:00").

    `edition` names the guidance edition that answered, as the reader shall see it. `minutes` says
    how long the list is expected to take, `version` which published version of the agenda it is;
    both may be empty. `canceled` says that the meeting was canceled, when and why; else empty.
    """

    institution: str
    board: str
    meeting_title: str
    starts: str
    place: str
    printed_on: str
    edition: str
    items: tuple[AgendaItemPage, ...]
    minutes: str = ""
    version: str = ""
    canceled: str = ""


def render_agenda(
    document: AgendaDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the agenda as a PDF: the list of cases, then each case from a new page on.

    `created_at` is the document's date in its metadata. The same arguments give the same bytes.
    Raises `ValueError` when `created_at` has no time zone.
    """
    return typeset("agenda", asdict(document), page_size=page_size, created_at=created_at)
