"""The two letters that come from a signed decision: to the referring clinician, to the patient."""

from dataclasses import asdict, dataclass
from datetime import datetime

from cases.documents.decision import PresentLine, RecommendationLine
from cases.documents.typesetting import PageSize, typeset


@dataclass(frozen=True)
class SignedLine:
    """Who signed which version when, and what for; `agrees`: the record agrees with its hashes."""

    version: int
    signed_by: str
    signed_role: str
    signed_at: str
    meaning: str
    content_hash: str
    agrees: bool


@dataclass(frozen=True)
class ChangeLine:
    """One thing that is another than in the version before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class LetterDocument:
    """What the referring clinician is told; empty strings and tuples leave nothing behind.

    `to` is who referred the patient. `seen` are pairs of label and value of what the board saw,
    `lines` of the rest of its conclusion. `without` says what was lacking and why the signer
    accepted it. `replaces` says which version this one replaces and why,
    `replaced_by` which version counts instead of this one; None for the one that counts.
    """

    institution: str
    board: str
    meeting: str
    to: str
    patient_name: str
    record_number: str
    birth_date: str
    sex: str
    question: str
    track: str
    present: tuple[PresentLine, ...]
    seen: tuple[tuple[str, str], ...]
    without: tuple[str, ...]
    outcome: str
    recommendations: tuple[RecommendationLine, ...]
    rationale: str
    lines: tuple[tuple[str, str], ...]
    signature: SignedLine
    replaces: str = ""
    changes: tuple[ChangeLine, ...] = ()
    replaced_by: int | None = None


@dataclass(frozen=True)
class PlainLine:
    """One thing that the team suggests, in plain words; `typed` are the team's own, or empty."""

    name: str
    typed: str
    what: str


@dataclass(frozen=True)
class PlainStep:
    """One step that the team suggests: of several `choices` one is to be chosen.

    `more` is what is to be said of all of them; it may be empty.
    """

    number: int
    choices: tuple[PlainLine, ...]
    more: str


@dataclass(frozen=True)
class PatientDocument:
    """The page for the patient: short sentences, no figures of chance, nothing undecided.

    `talked` says how the page came about. `nothing` says why nothing is suggested yet; it is empty
    where something is.
    """

    institution: str
    board: str
    patient_name: str
    meeting_day: str
    talked: tuple[str, ...]
    suggestions: tuple[PlainStep, ...]
    nothing: str
    next_steps: tuple[str, ...]
    questions: tuple[str, ...]
    version: str
    replaced: str = ""


def render_letter(
    document: LetterDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the letter as a PDF; the same arguments give the same bytes.

    Raises `ValueError` when `created_at` has no time zone.
    """
    data = asdict(document) | {"rationale": document.rationale.splitlines()}
    return typeset("letter", data, page_size=page_size, created_at=created_at)


def render_patient_page(
    document: PatientDocument, *, created_at: datetime, page_size: PageSize = "a4"
) -> bytes:
    """Return the page for the patient as a PDF in large type; the same arguments, the same bytes.

    Raises `ValueError` when `created_at` has no time zone.
    """
    return typeset("patient", asdict(document), page_size=page_size, created_at=created_at)
