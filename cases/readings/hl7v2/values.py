"""What stands in OBX-5, by the type that OBX-2 names."""

from cases.readings.amounts import COMPARATORS, in_words
from cases.readings.answer import Absent, Amount, Answer, Coded, Day, Share, Span, Words
from cases.readings.days import day_of_hl7
from cases.readings.hl7v2.escapes import unescaped
from cases.readings.hl7v2.segments import NULL, Segment
from cases.readings.notebook import Notebook, Unreadable
from cases.readings.numbers import number_in
from cases.readings.units import named

TYPE, VALUE, UNIT, LIMITS = 2, 5, 6, 7
TEXTS = frozenset({"ST", "TX", "FT"})
CODES = frozenset({"CE", "CWE", "CNE", "CF"})
DAYS = frozenset({"DT", "TS", "DTM"})
NUMBER, STRUCTURED = "NM", "SN"
SEVERAL = "It says several values; one is needed."
NO_TYPE = "A value of the type {} is not read."
DELETED = "It says that the value is deleted."


def value(segment: Segment, notebook: Notebook) -> Answer | None:
    """The answer of an OBX; None where there is none, which is told where it is unreadable."""
    path, kind = segment.at(VALUE), segment.text(TYPE)
    if segment.raw(VALUE) == NULL:
        return Absent(path, DELETED)
    if not segment.raw(VALUE):
        return None
    try:
        if kind in TEXTS:
            return in_words(path, text(segment), unit=_unit(segment))
        if kind in CODES:
            return segment.coded(VALUE)
        if kind in ("ID", "IS"):
            return Coded(path, text=segment.text(VALUE))
        if len(segment.repetitions(VALUE)) > 1:
            raise Unreadable(SEVERAL)
        if kind in DAYS:
            return Day(path, day_of_hl7(segment.text(VALUE)))
        if kind == NUMBER:
            return _number(segment)
        if kind == STRUCTURED:
            return _structured(segment)
    except Unreadable as reason:
        notebook.tell(path, str(reason))
        return None
    notebook.tell(path, NO_TYPE.format(kind or "?"))
    return None


def is_text(segment: Segment) -> bool:
    """Whether an OBX holds a line of a report."""
    return segment.text(TYPE) in TEXTS


def limits(segment: Segment, notebook: Notebook) -> tuple[Amount | None, Amount | None]:
    """The reference range of OBX-7: "0-102", "<102", ">= 5"; it is in the unit of the value."""
    written, path = segment.whole(LIMITS), segment.at(LIMITS)
    if not written:
        return None, None
    try:
        unit = _unit(segment)
        if written.startswith(("<", ">")):
            number = Amount(path, number_in(written.lstrip("<>=")), unit)
            return (None, number) if written.startswith("<") else (number, None)
        low, sign, high = written.partition("-")
        if not sign:
            raise Unreadable(NO_LIMITS)
        return Amount(path, number_in(low), unit), Amount(path, number_in(high), unit)
    except Unreadable:
        notebook.tell(path, NO_LIMITS)
        return None, None


NO_LIMITS = "This is no reference range."


def _unit(segment: Segment) -> str:
    """The unit of OBX-6, as we write it where we know it.

    Raises:
        Unreadable: a code of UCUM that is no unit here.
    """
    code, words, system = (segment.text(UNIT, number) for number in (1, 2, 3))
    return named(words, code=code, system=system)


def text(segment: Segment) -> str:
    """A text, whose repetitions are lines."""
    lines = segment.repetitions(VALUE)
    return "\n".join(unescaped(line, segment.delimiters) for line in lines).strip()


def _number(segment: Segment) -> Amount:
    """NM, and what senders write there against the standard: "<5".

    Raises:
        Unreadable: it is no number.
    """
    written = segment.text(VALUE)
    comparator = next((sign for sign in COMPARATORS if written.startswith(sign)), "")
    number = number_in(written[len(comparator) :])
    return Amount(segment.at(VALUE), number, _unit(segment), comparator)


def _structured(segment: Segment) -> Answer:
    """SN: a comparator, a number, and where it is a range or a ratio a second number.

    Raises:
        Unreadable: it is none of these.
    """
    path = segment.at(VALUE)
    comparator, first, sign, second = (segment.text(VALUE, number) for number in (1, 2, 3, 4))
    comparator = comparator.removeprefix("=") if comparator == "=" else comparator
    if comparator and comparator not in COMPARATORS:
        message = "This comparator is not known."
        raise Unreadable(message)
    if sign == "-":
        return Span(path)
    amount = Amount(path, number_in(first), _unit(segment), comparator)
    if not sign and not second:
        return amount
    if sign in ("/", ":"):
        whole = Amount(path, number_in(second))
        return Share(path, Amount(path, amount.value, "", comparator), whole)
    return Words(path, segment.whole(VALUE))
