"""What the clinical resources have in common: whom they are about, and when."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from cases.fhir.source import reference

Json = dict[str, Any]

#: The long columns of a case, which no resource of its rows tells.
LONG_OF_CASE = "case__referral_text"


def said(**elements: Any) -> Json:
    """A resource or a part of one, without the elements of which the row says nothing.

    False and 0 are said; None, the empty text and the empty list are not.
    """
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def parent(row: Any, name: str) -> Any:
    """The row that `row` belongs to; None where it says none, or where it is there no more.

    A former state may belong to what was taken back since.
    """
    if getattr(row, f"{name}_id") is None:
        return None
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None


def subject_of(row: Any) -> Json:
    """The patient whom a row of a case is about; nobody where the case is there no more."""
    case = parent(row, "case")
    return reference("Patient", case.patient_id) if case else {}


def condition_of(row: Any) -> Json:
    """The tumor that a row of a case is about."""
    return reference("Condition", row.case_id)


def is_erased(row: Any) -> bool:
    """Whether the patient of a row of a case was erased; nothing that identifies may go out."""
    case = parent(row, "case")
    patient = parent(case, "patient") if case else None
    return patient is None or patient.is_erased


def day(date: datetime.date | None) -> str | None:
    """A date; None where none is known."""
    return date.isoformat() if date else None


def period(start: datetime.date | None, end: datetime.date | None) -> Json:
    """A Period; empty where neither end is known."""
    return said(start=day(start), end=day(end))


def notes(*texts: str) -> Sequence[Json]:
    """Annotations; none for empty texts."""
    return [{"text": text} for text in texts if text]
