"""Observations of the laboratory."""

from typing import Any

from cases.readings.answer import Absent, Amount, Span
from cases.readings.findings.answers import NO_ANSWER
from cases.readings.findings.finding import Finding
from cases.readings.naming import Named
from cases.readings.notebook import Notebook, Unreadable
from cases.readings.numbers import kept
from cases.readings.reading import Kind, Reading
from cases.readings.units import check_fit, in_unit

#: What the record can say of a value beyond what the laboratory can measure.
COMPARATORS = ("", "<", ">")
#: Decimal places of a value, letters of a name and of a note.
PLACES, LONGEST_NAME, LONGEST_NOTE = 4, 120, 300


def read(named: Named, finding: Finding, *, notebook: Notebook) -> None:
    """Write down a laboratory value."""
    answer = finding.answer
    if isinstance(answer, Absent):
        notebook.tell(answer.path, answer.reason)
        return
    path = answer.path if answer is not None else finding.path
    try:
        amount = _amount(answer)
        check_fit(named.code, amount.unit)
    except Unreadable as reason:
        notebook.tell(path, str(reason))
        return
    if finding.on is None:
        notebook.tell(finding.path, "The day on which it was taken is not given.")
        return
    values: dict[str, Any] = {
        "analyte": named.last,
        "comparator": amount.comparator,
        "value": amount.value,
        "unit": amount.unit,
        "taken_on": finding.on,
        **_limits(finding, amount.unit, notebook),
        **_words(finding, notebook),
    }
    origin, subject = finding.origin, finding.subject
    notebook.say(Reading(Kind.LAB_RESULT, values, origin, subject=subject, on=finding.on))


def _amount(answer: Any) -> Amount:
    """The value, as the record can hold it.

    Raises:
        Unreadable: it is no number, has no unit, or cannot be held.
    """
    if answer is None:
        raise Unreadable(NO_ANSWER)
    if not isinstance(answer, Amount):
        span = "It says a range; one number is needed."
        raise Unreadable(span if isinstance(answer, Span) else "It is not a number with a unit.")
    if not answer.unit:
        message = "It has no unit."
        raise Unreadable(message)
    if answer.comparator not in COMPARATORS:
        message = f"It says {answer.comparator}; a value here is measured, below or above."
        raise Unreadable(message)
    if answer.value < 0:
        message = "A value cannot be negative."
        raise Unreadable(message)
    return Amount(answer.path, kept(answer.value, places=PLACES), answer.unit, answer.comparator)


def _limits(finding: Finding, unit: str, notebook: Notebook) -> dict[str, Any]:
    """The reference range, in the value's own unit."""
    limits: dict[str, Any] = {}
    for column, limit in (("lower_limit", finding.low), ("upper_limit", finding.high)):
        if limit is None:
            continue
        try:
            same = limit if limit.unit in ("", unit) else in_unit(limit, unit)
            limits[column] = kept(same.value, places=PLACES)
        except Unreadable as reason:
            notebook.tell(limit.path, str(reason))
    return limits


def _words(finding: Finding, notebook: Notebook) -> dict[str, str]:
    words = {}
    longest = {"laboratory": LONGEST_NAME, "note": LONGEST_NOTE}
    for column, text in (("laboratory", finding.laboratory), ("note", finding.note)):
        if len(text) > longest[column]:
            reason = f"The {column} has more than {longest[column]} letters."
            notebook.tell(finding.path, reason)
        elif text:
            words[column] = text
    return words
