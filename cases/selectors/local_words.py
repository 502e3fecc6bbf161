"""What the institution says beside the guidance, in words; never in its place."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guidance.editions import local_notes, local_studies
from guidance.editions.models import LocalNote, LocalStudy, NoteSubject
from guidance.editions.models.local_word import LocalWord as LocalRow
from tumorboard.formats import day
from tumorboard.tenancy.scope import current_institution

NOT_AVAILABLE = "Not available here."


@dataclass(frozen=True)
class LocalWord:
    """One word of an institution beside one of the guidance; all texts, as they are kept and shown.

    `kind`, `scenario` and `code` say what it stands beside, as in
    `guidance.editions.models.LocalNote`; a study without a scenario is meant in each. `lead` names
    the institution, `byline` who says so since when and until when it is to be reviewed.
    """

    kind: str
    scenario: str
    code: str
    lead: str
    text: str
    reason: str
    byline: str
    is_overdue: bool

    @property
    def sentence(self) -> str:
        """All of it in one line, for paper."""
        overdue = " The review is overdue." * self.is_overdue
        return f"{self.lead}: {self.text} Reason: {self.reason} {self.byline}{overdue}"


def local_words(*, on: datetime.date) -> tuple[LocalWord, ...]:
    """Every word of the current institution that holds, in two queries.

    Args:
        on: the day by which reviews are overdue.
    """
    studies = (_of_study(study, on) for study in local_studies.unavailable())
    notes = (_of_note(note, on) for note in local_notes.standing())
    return (*studies, *notes)


def beside(words: Iterable[LocalWord], answer: Mapping[str, Any]) -> tuple[LocalWord, ...]:
    """Those of `words` that stand beside something that the answer says."""
    branch = answer["branch_detail"]
    named: Mapping[str, set[str]] = {
        NoteSubject.SCENARIO: {""},
        NoteSubject.STUDY: {study["procedure"] for study in _studies(answer)},
        NoteSubject.BRANCH: {branch["id"]} if branch else set(),
        NoteSubject.CHECK: {check["code"] for check in answer["checks"]},
        NoteSubject.INTERVAL: {rule["rule"] for rule in branch["interval"]} if branch else set(),
    }
    return tuple(
        word
        for word in words
        if word.code in named[word.kind] and word.scenario in ("", answer["scenario"])
    )


def _studies(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The studies that are rated, and the one that is known of a scenario without ratings."""
    return [*answer["studies"], *([answer["headline"]] if answer["headline"] else [])]


def _of_study(study: LocalStudy, on: datetime.date) -> LocalWord:
    return _word(study, on, kind=NoteSubject.STUDY, code=study.procedure, text=NOT_AVAILABLE)


def _of_note(note: LocalNote, on: datetime.date) -> LocalWord:
    interval = local_notes.interval_words(note)
    said = [f"Interval {interval}." if interval else "", note.text]
    return _word(
        note,
        on,
        kind=note.subject,
        scenario=note.scenario,
        code=note.code,
        text=" ".join(filter(None, said)),
    )


def _word(
    row: LocalRow, on: datetime.date, *, kind: str, code: str, text: str, scenario: str = ""
) -> LocalWord:
    return LocalWord(
        kind=str(kind),
        scenario=scenario,
        code=code,
        lead=f"Local policy of {current_institution().name}",
        text=text,
        reason=_sentence(row.reason),
        byline=f"By {row.by.name} on {day(row.at)}, review by {day(row.review_on)}.",
        is_overdue=row.is_overdue_on(on),
    )


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
