"""The printed decision of a board on one case."""

from dataclasses import asdict, dataclass
from datetime import datetime

from cases.documents.lines import (
    BoardReasonLine,
    BranchLine,
    CheckLine,
    LocalLine,
    Standing,
    StudyLine,
)
from cases.documents.typesetting import PageSize, typeset


@dataclass(frozen=True)
class AssessmentQuote:
    """What the edition said when the board decided, quoted unchanged.

    `recommended_label` says which question the recommended study answers. `checks` and `local`
    are what was said beside it then: acknowledgments, and the words of the institution.
    """

    standing: Standing
    recommended: StudyLine | None
    branch: BranchLine | None
    board_reasons: tuple[BoardReasonLine, ...]
    edition_version: str
    edition_hash: str
    evaluated_on: str
    recommended_label: str = "Recommended study"
    checks: tuple[CheckLine, ...] = ()
    local: tuple[LocalLine, ...] = ()


@dataclass(frozen=True)
class RecommendationLine:
    """One coded thing that the decision asks for; `detail` may be empty."""

    position: int
    kind: str
    text: str
    detail: str


@dataclass(frozen=True)
class PresentLine:
    """One person who was present, and for which specialty."""

    name: str
    specialty: str


@dataclass(frozen=True)
class DecisionDocument:
    """One version of a decision; `signed_at` is None as long as it is a draft.

    `rationale` is free text and keeps its line breaks. `meaning` is the sentence that the
    signature stands for. `content_hash` is printed whole, so that paper can be compared; a draft
    may have none ("").
    """

    institution: str
    board: str
    meeting: str
    patient_name: str
    record_number: str
    birth_date: str
    sex: str
    question: str
    assessment: AssessmentQuote | None
    recommendations: tuple[RecommendationLine, ...]
    rationale: str
    present: tuple[PresentLine, ...]
    signed_by: str
    signed_role: str
    signed_at: str | None
    meaning: str
    version: int
    content_hash: str


def render_decision(
    document: DecisionDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the decision as a PDF; an unsigned one says "Draft, not signed" on every page.

    `created_at` is the document's date in its metadata. The same arguments give the same bytes.
    Raises `ValueError` when `created_at` has no time zone.
    """
    data = asdict(document) | {"rationale": document.rationale.splitlines()}
    return typeset("decision", data, page_size=page_size, created_at=created_at)
