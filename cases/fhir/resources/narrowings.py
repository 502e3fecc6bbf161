"""How the database narrows clinical rows by what searches name most.

Each keeps at least what could match, and may keep more: the engine tests every parameter again on
the finished resource. Values are as a search has them, without a modifier behind the name.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.fhir.source import Narrowing
from cases.terminology import codes
from cases.terminology.reading import systems

PREFIX = re.compile(r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
#: A moment of another time zone may be the day before or after here.
SLACK = datetime.timedelta(days=1)
FROM, UNTIL = ("gt", "ge", "sa"), ("lt", "le", "eb")


def by_reference(column: str) -> Narrowing:
    """Rows whose `column` holds the id that a reference ends with."""

    def narrow(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        keys = [_uuid(value.rstrip("/").rpartition("/")[2]) for value in values]
        return rows.filter(**{f"{column}__in": [key for key in keys if key is not None]})

    return narrow


def by_day(column: str) -> Narrowing:
    """Rows with a date in `column` that could be meant."""
    return by_period(column, column)


def by_moment(column: str) -> Narrowing:
    """Rows with a moment in `column` that could be meant."""

    def fits(low: datetime.date | None, high: datetime.date | None) -> Q:
        since = Q(**{f"{column}__gte": _moment(low, datetime.time.min)}) if low else Q()
        until = Q(**{f"{column}__lte": _moment(high, datetime.time.max)}) if high else Q()
        return since & until

    return _by_days(fits)


def _moment(date: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(date, time, tzinfo=datetime.UTC)


def by_period(start: str, end: str) -> Narrowing:
    """Rows whose time from `start` to `end` could be meant.

    One without a date is kept: a Period without an end goes on, and what came in may know the month
    where the column, which wants a day, is empty.
    """

    def fits(low: datetime.date | None, high: datetime.date | None) -> Q:
        since = Q(**{f"{end}__gte": low}) | Q(**{f"{end}__isnull": True}) if low else Q()
        until = Q(**{f"{start}__lte": high}) | Q(**{f"{start}__isnull": True}) if high else Q()
        return since & until

    return _by_days(fits)


def _by_days(fits: Callable[[datetime.date | None, datetime.date | None], Q]) -> Narrowing:
    """Rows that fit the days of any value; all of them where one cannot be told as days."""

    def narrow(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        wanted = Q()
        for value in values:
            days = _days(value)
            if days is None:
                return rows
            wanted |= fits(*days)
        return rows.filter(wanted)

    return narrow


def by_code(code: Mapping[str, Any]) -> Narrowing:
    """All rows or none, of a source whose resources all have the CodeableConcept `code`.

    A code that nobody here knows may have come in beside it, so it narrows nothing.
    """
    sent = {coding["code"] for coding in code["coding"]}

    def narrow(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        tokens = [_code(value) for value in values]
        if any(token in sent or not _is_known(token) for token in tokens):
            return rows
        return rows.none()

    return narrow


def by_column_code(column: str, path: str, choices: Callable[[], Sequence[str]]) -> Narrowing:
    """Rows in whose `column` stands a choice that one of the codes may mean.

    Args:
        path: where the choices stand among our concepts: "analyte".
    """

    def narrow(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        tokens = [_code(value) for value in values]
        if not all(token in choices() or _is_known(token) for token in tokens):
            return rows
        fitting = [
            choice
            for choice in choices()
            if any(token == choice or _means(token, f"{path}/{choice}") for token in tokens)
        ]
        return rows.filter(**{f"{column}__in": fitting})

    return narrow


def _code(value: str) -> str:
    """The code of a token, without its system."""
    return value.partition("|")[2] if "|" in value else value


def _is_known(code: str) -> bool:
    return _means(code, "")


def _means(code: str, path: str) -> bool:
    """Whether a code of whatever system stands for one of our concepts."""
    return any(codes.concept_of(system, code, within=path) is not None for system in systems())


def of_case(**more: Narrowing) -> Mapping[str, Narrowing]:
    """The narrowings of rows of a case, and `more`."""
    patient = by_reference("case__patient_id")
    return {"patient": patient, "subject": patient, **more}


def _days(value: str) -> tuple[datetime.date | None, datetime.date | None] | None:
    """Between which days lies what a date parameter means; None where that does not narrow."""
    found = PREFIX.match(value)
    if found is None or found[1] in ("ne", "ap"):
        return None
    year, month, day_ = (int(part) if part else None for part in found.groups()[1:])
    try:
        first = datetime.date(year or 1, month or 1, day_ or 1)
        last = _last(first, has_month=month is not None, has_day=day_ is not None)
        low, high = first - SLACK, last + SLACK
    except (ValueError, OverflowError):
        return None
    if found[1] in FROM:
        return low, None
    return (None, high) if found[1] in UNTIL else (low, high)


def _last(first: datetime.date, *, has_month: bool, has_day: bool) -> datetime.date:
    if has_day:
        return first
    if not has_month:
        return first.replace(month=12, day=31)
    later = first.replace(day=28) + datetime.timedelta(days=4)
    return later - datetime.timedelta(days=later.day)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text[:36])
    except ValueError:
        return None
