"""The printed agenda of one meeting."""

from dataclasses import asdict, dataclass
from datetime import datetime

from cases.documents.lines import (
    BoardReasonLine,
    BranchLine,
    CheckLine,
    LocalLine,
    Standing,
    StudyLine,
    WarningLine,
)
from cases.documents.timeline.listing import Listing
from cases.documents.typesetting import PageSize, typeset


@dataclass(frozen=True)
class ImagingLine:
    """One study of the story so far and what it showed."""

    date: str
    study: str
    outcome: str


@dataclass(frozen=True)
class CriterionLine:
    """One criterion; `state` is "met", "not met", "unknown", or "excluded" of another scenario."""

    state: str
    text: str
    source: str


@dataclass(frozen=True)
class ReasonLines:
    """Criteria that say why, or why not, under their heading."""

    heading: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class TimelineLines:
    """The picture of the story as SVG (or ""), what it is, and the same as a table without studies.

    The studies stand among the imaging of the case.
    """

    picture: str
    description: str
    listing: Listing


@dataclass(frozen=True)
class AgendaItemPage:
    """One case on the agenda: who, what is asked, what is known, what the edition says.

    `key_numbers` are pairs of label and value, such as ("Grade", "G2 (WHO 2022)").
    `open_questions` can change the answer; `before_ordering` are to be confirmed before the
    recommended study is ordered. `notices` speak against the result in play. `obstacles` are pairs
    of label and value, such as ("Devices", "Pacemaker: MR unsafe").
    Empty strings and empty tuples leave no heading behind.
    """

    position: int
    patient_name: str
    record_number: str
    birth_date: str
    sex: str
    question: str
    story: tuple[str, ...]
    key_numbers: tuple[tuple[str, str], ...]
    imaging: tuple[ImagingLine, ...]
    standing: Standing
    reasons: tuple[ReasonLines, ...]
    recommended: StudyLine | None
    recommended_label: str
    alternatives: tuple[StudyLine, ...]
    branch: BranchLine | None
    board_reasons: tuple[BoardReasonLine, ...]
    open_questions: tuple[str, ...]
    before_ordering: tuple[str, ...]
    checks: tuple[CheckLine, ...]
    local: tuple[LocalLine, ...] = ()
    timeline: TimelineLines | None = None
    notices: tuple[WarningLine, ...] = ()
    missing: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    obstacles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AgendaDocument:
    """The agenda of one meeting; times and dates are already formatted ("21 Nov 2026, 14:00").

    `edition` names the guidance edition that answered, as the reader shall see it.
    """

    institution: str
    board: str
    meeting_title: str
    starts: str
    place: str
    printed_on: str
    edition: str
    items: tuple[AgendaItemPage, ...]


def render_agenda(
    document: AgendaDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the agenda as a PDF: the list of cases, then each case from a new page on.

    `created_at` is the document's date in its metadata. The same arguments give the same bytes.
    Raises `ValueError` when `created_at` has no time zone.
    """
    return typeset("agenda", asdict(document), page_size=page_size, created_at=created_at)
