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
    """One coded thing that the decision asks for; what was not said is empty.

    `added` is what it is for, who sees to it and by when. An alternative names in `instead_of`
    the number of the recommendation that it may replace.
    """

    position: int
    kind: str
    text: str
    detail: str
    added: str = ""
    instead_of: int | None = None


@dataclass(frozen=True)
class PresentLine:
    """One person who took part, and for which specialty; `dissent` is empty where they agreed."""

    name: str
    specialty: str
    dissent: str = ""


@dataclass(frozen=True)
class OpinionLine:
    """One opinion that was given before the decision."""

    name: str
    specialty: str
    text: str
    given_on: str


@dataclass(frozen=True)
class AcceptedLine:
    """What was lacking and the signer accepted for one reason."""

    texts: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class SignatureLine:
    """Who signed when, and by what the record can be checked.

    `position` and `chain_hash` are its place in the board's chain; None and "" for what was signed
    before there were chains. Hashes are printed whole, so that paper can be compared.
    """

    signed_by: str
    signed_role: str
    signed_at: str
    meaning: str
    content_hash: str
    position: int | None
    chain_hash: str
    agrees: bool


@dataclass(frozen=True)
class DecisionDocument:
    """One version of a decision; `signature` is None as long as it is a draft.

    `amendment_reason` says why it amends the version before; the first one has none ("").

    `outcome` says that nothing is recommended and why, else it is empty; `lines` are the rest of
    the coded conclusion. `rationale` is free text and keeps its line breaks. `replaced_by` is the
    version that counts instead of this one; None for the one that counts.
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
    version: int
    signature: SignatureLine | None
    outcome: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    track: str = ""
    opinions: tuple[OpinionLine, ...] = ()
    accepted: tuple[AcceptedLine, ...] = ()
    amendment_reason: str = ""
    replaced_by: int | None = None


def render_decision(
    document: DecisionDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the decision as a PDF; an unsigned one says "Draft, not signed" on every page.

    `created_at` is the document's date in its metadata. The same arguments give the same bytes.
    Raises `ValueError` when `created_at` has no time zone.
    """
    data = asdict(document) | {"rationale": document.rationale.splitlines()}
    return typeset("decision", data, page_size=page_size, created_at=created_at)
