"""Notes and intervals of an institution beside what the guidance says."""

import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from guidance.editions import shelf
from guidance.editions.local_words import Overtaken, keep
from guidance.editions.models import LocalNote, NoteSubject
from guidance.editions.models.local_note import LONGEST_MONTHS
from guidance.editions.note_subjects import subjects_of
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.models import new_id


class Said(TypedDict):
    """What a note says, and why: a text, an interval in months from low to high, or both."""

    text: str
    low_months: int | None
    high_months: int | None
    reason: str
    review_on: datetime.date | None


def standing() -> list[LocalNote]:
    """The notes that hold now: the newest version of each that was not withdrawn, oldest first."""
    newest = (
        LocalNote.objects.select_related("by").order_by("series", "-version").distinct("series")
    )
    # Series are numbered by time, and so are in the order in which they were begun.
    return [note for note in newest if not note.is_withdrawn]


def history() -> list[LocalNote]:
    """Every version of every note, newest first."""
    return list(LocalNote.objects.select_related("by").order_by("-at", "-id"))


@transaction.atomic
def add(*, subject: str, by: User, **said: Unpack[Said]) -> LocalNote:
    """Add a note beside something that the institution's edition says.

    Args:
        subject: the key of one of `note_subjects.subjects_of` the edition.
        said: see `Said`.

    Raises:
        ValidationError: the edition has no such subject, or a field cannot be accepted.
    """
    found = subjects_of(shelf.adopted()).get(subject)
    note = LocalNote(series=new_id(), by=by, **said)
    if found is not None:
        note.subject, note.scenario, note.code = found.kind, found.scenario, found.code
    _keep(note, also={} if found else {"subject": "Choose what the note stands beside."})
    record(action="institution.note.added", subject=note, by=by)
    return note


@transaction.atomic
def replace(*, note: LocalNote, by: User, **said: Unpack[Said]) -> LocalNote:
    """Put a new version in the place of `note`, which stays on record.

    Raises:
        ValidationError: a field cannot be accepted.
        Overtaken: `note` is no longer the newest version.
    """
    _refuse_overtaken(note)
    new = _next(note, by, **said)
    _keep(new)
    record(action="institution.note.replaced", subject=new, by=by)
    return new


@transaction.atomic
def withdraw(*, note: LocalNote, reason: str, by: User) -> LocalNote:
    """Withdraw a note; what it said stays on record.

    Raises:
        ValidationError: the reason is missing or cannot be kept.
        Overtaken: `note` is no longer the newest version, or it is withdrawn already.
    """
    _refuse_overtaken(note)
    last = _next(
        note,
        by,
        text=note.text,
        low_months=note.low_months,
        high_months=note.high_months,
        reason=reason,
        review_on=None,
    )
    last.is_withdrawn = True
    keep(last)
    record(action="institution.note.withdrawn", subject=last, by=by)
    return last


def interval_words(note: LocalNote) -> str:
    """The interval of a note: "6 to 9 months"; empty where it has none."""
    low, high = note.low_months, note.high_months
    if low is None:
        return ""
    if low == high:
        return f"{low} month{'' if low == 1 else 's'}"
    return f"{low} to {high} months"


def _next(note: LocalNote, by: User, **said: Unpack[Said]) -> LocalNote:
    return LocalNote(
        series=note.series,
        version=note.version + 1,
        subject=note.subject,
        scenario=note.scenario,
        code=note.code,
        by=by,
        **said,
    )


def _refuse_overtaken(note: LocalNote) -> None:
    newer = LocalNote.objects.filter(series=note.series, version__gt=note.version)
    if note.is_withdrawn or newer.exists():
        raise Overtaken


def _keep(note: LocalNote, *, also: dict[str, str] | None = None) -> None:
    keep(note, also={**(also or {}), **_faults(note)})


def _faults(note: LocalNote) -> dict[str, str]:
    """What is wrong with what a note says, by field."""
    low, high = note.low_months, note.high_months
    if low is None and high is None:
        return {} if note.text.strip() else {"text": "Write a note, or enter an interval."}
    if note.subject == NoteSubject.CHECK:
        return {"low_months": "A check has no interval. Write a note."}
    if low is None or high is None:
        missing = "low_months" if low is None else "high_months"
        return {missing: "Enter both ends of the interval."}
    if low < 1:
        return {"low_months": "Enter at least 1 month."}
    if high < low:
        return {"high_months": "Enter no less than the beginning of the interval."}
    if high > LONGEST_MONTHS:
        return {"high_months": f"Enter at most {LONGEST_MONTHS} months."}
    return {}
