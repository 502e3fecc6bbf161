"""The lines that several printed documents share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StudyLine:
    """One imaging study as an edition rates it.

    `rating` is the full label ("Usually Appropriate"), `radiation` the symbol with its range
    ("☢☢☢, 1-10 mSv"), `source` where the edition took it from. `note` may be empty.
    """

    name: str
    rating: str
    radiation: str
    note: str
    source: str


@dataclass(frozen=True)
class StepLine:
    """One step after a result; with a `lead` ("Either"), several texts to choose from."""

    lead: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class BranchLine:
    """What follows one result: a title, the steps in order, the interval (or "") and source."""

    title: str
    steps: tuple[StepLine, ...]
    interval: str
    source: str


@dataclass(frozen=True)
class CheckLine:
    """One check that the edition raises for the case, with its severity as a word.

    `status` says who acknowledged it and why, or with `is_open` that nobody did; it is empty for
    information.
    """

    severity: str
    text: str
    source: str
    status: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class WarningLine:
    """What speaks against the result, with its severity as a word."""

    severity: str
    text: str


@dataclass(frozen=True)
class LocalLine:
    """What the institution says beside something that the guidance says."""

    beside: str
    text: str


@dataclass(frozen=True)
class BoardReasonLine:
    """Why the case comes to the board, with the strength of the wording in the source."""

    text: str
    strength: str
    source: str


@dataclass(frozen=True)
class SourcedLine:
    """One statement with where it comes from."""

    text: str
    source: str


@dataclass(frozen=True)
class NoticeLines:
    """Why there is no guidance: what is the matter, with sources, and what to do."""

    title: str
    lines: tuple[SourcedLine, ...]
    next_step: str


@dataclass(frozen=True)
class HeadlineLine:
    """The one rating known of a scenario that is not rated, and how it is known."""

    study: str
    rating: str
    text: str
    source: str


@dataclass(frozen=True)
class Standing:
    """Where a case stands in the guidance, and how firmly.

    `scenario` is what the edition calls the situation, or the title of the notice. `provisional`
    says what may change the answer. Empty strings and tuples, and None, leave nothing behind.
    """

    scenario: str
    notice: NoticeLines | None = None
    provisional: str = ""
    headline: HeadlineLine | None = None
    hints: tuple[SourcedLine, ...] = ()
