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
class BranchLine:
    """What follows one result: a title, the actions in order, the interval (or "") and source."""

    title: str
    actions: tuple[str, ...]
    interval: str
    source: str


@dataclass(frozen=True)
class BoardReasonLine:
    """Why the case comes to the board, with the strength of the wording in the source."""

    text: str
    strength: str
    source: str
