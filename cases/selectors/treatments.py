"""The treatments of a case: their order, their lines, and what was given between two days."""

import datetime
from collections.abc import Iterable, Sequence

from cases.models import Case, Treatment
from cases.models.treatment import LIVER_DIRECTED, SURGICAL
from tumorboard.formats import day

#: Done on one day, unless the record says otherwise.
SINGLE = SURGICAL | LIVER_DIRECTED
ALWAYS = (datetime.date.min, datetime.date.max)


def treatments_of(case: Case) -> list[Treatment]:
    """The treatments of a case, newest first, those of unknown date last; in one query."""
    return sorted(Treatment.objects.filter(case=case), key=_age, reverse=True)


def _age(treatment: Treatment) -> tuple[datetime.date, int, str]:
    start = treatment.start or treatment.end or datetime.date.min
    return start, treatment.line or 0, str(treatment.id)


def next_line(treatments: Iterable[Treatment]) -> int:
    """The line that the next systemic or locoregional therapy would be."""
    return max((row.line for row in treatments if row.line), default=0) + 1


def is_on_one_day(treatment: Treatment) -> bool:
    """Whether it was done on one known day, as an operation is."""
    one = treatment.type in SINGLE and not treatment.ongoing
    return one and treatment.start is not None and treatment.end in (None, treatment.start)


def period(treatment: Treatment) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day of a treatment; None where that is not known.

    What goes on has no last day yet: the end of time. What is done on one day ends on it.
    """
    start, end = treatment.start, treatment.end
    if treatment.ongoing:
        return start, datetime.date.max
    if treatment.type in SINGLE:
        return start or end, end or start
    return start, end


def overlaps(one: Treatment, other: Treatment) -> bool:
    """Whether two treatments are known to have been given at the same time.

    Ending on the day on which the other begins is no overlap.
    """
    (start, end), (other_start, other_end) = period(one), period(other)
    if None in (start, end, other_start, other_end):
        return False
    return bool(start < other_end and other_start < end)  # type: ignore[operator]


def was_treated(
    treatments: Sequence[Treatment],
    *,
    first: datetime.date,
    last: datetime.date,
    none_given: bool = False,
) -> bool | None:
    """Whether a treatment was given between two measurements (fact 120); None where unknown.

    True if one of them is known to have been given on some day from `first` to `last`. False only
    if all of them are known to lie outside, or a person said that nothing was given: an empty
    list alone says nothing. Source: 004 L704 (spontaneous growth).

    Args:
        first: the day of the earlier measurement.
        last: the day of the later one.
        none_given: a person said that no treatment was given.
    """
    if not treatments:
        return False if none_given else None
    said = [_within(row, first, last) for row in treatments]
    if True in said:
        return True
    return None if None in said else False


def _within(treatment: Treatment, first: datetime.date, last: datetime.date) -> bool | None:
    start, end = period(treatment)
    if (start and start > last) or (end and end < first):
        return False
    known = [date for date in (start, end) if date and first <= date <= last]
    if known or (start and end):
        return True
    return None


def treatment_dates(treatment: Treatment) -> str:
    """When a treatment was given, as far as it is known."""
    dates = [
        f"{word} {day(date)}"
        for word, date in (("from", treatment.start), ("to", treatment.end))
        if date
    ]
    if treatment.ongoing:
        dates.append("still going on")
    return ", ".join(dates) or "dates unknown"
