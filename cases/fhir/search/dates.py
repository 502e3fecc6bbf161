"""Dates and times of any precision, as the spans that they are."""

import datetime
import re
from typing import Any, NamedTuple

from django.utils import timezone

from cases.fhir.search.prefixes import Prefix, read_prefix
from cases.fhir.search.ranges import Range, compares

FORM = re.compile(
    r"\A(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?\Z"
)
#: How much wider `ap` looks, of the distance to now.
ABOUT = 0.1


class When(NamedTuple):
    """What is asked for."""

    prefix: Prefix
    span: Range


def read_when(text: str) -> When:
    """A date or time with its prefix.

    Raises:
        ValueError: it is none.
    """
    # In an address, a plus sign is a space.
    prefix, rest = read_prefix(text.replace(" ", "+"))
    span = span_of(rest)
    if span is None:
        message = "Give a date such as 2026, 2026-11, 2026-11-02 or 2026-11-02T08:00:00Z."
        raise ValueError(message)
    if prefix is Prefix.AP:
        margin = abs(timezone.now() - span.low) * ABOUT
        try:
            span = Range(span.low - margin, span.high + margin)
        except OverflowError:
            span = Range(EARLIEST, LATEST)
    return When(prefix, span)


def matches_when(value: Any, wanted: When) -> bool:
    """Whether a date, dateTime, instant, Period or Timing stands so to what is wanted."""
    there = _span(value)
    return there is not None and compares(wanted.prefix, wanted.span, there)


def span_of(text: str) -> Range | None:
    """From when to when a date or time of its precision goes; None where it is none.

    One without a zone is taken in the site's.
    """
    found = FORM.match(text)
    if found is None:
        return None
    parts = {
        name: int(given) for name, given in found.groupdict().items() if (given or "").isdigit()
    }
    parts.pop("fraction", None)
    try:
        low = datetime.datetime(
            parts["year"], parts.get("month", 1), parts.get("day", 1),
            parts.get("hour", 0), parts.get("minute", 0), parts.get("second", 0),
            tzinfo=_zone(found["zone"]),
        )  # fmt: skip
        if found["fraction"]:
            low += datetime.timedelta(microseconds=int(found["fraction"].ljust(6, "0")[:6]))
        # At the ends of what can be counted, no zone may lead beyond.
        return Range(low.astimezone(datetime.UTC), _end(low, found).astimezone(datetime.UTC))
    except (ValueError, OverflowError):
        return None


def _end(low: datetime.datetime, found: re.Match[str]) -> datetime.datetime:
    """The first moment behind the span."""
    if found["fraction"]:
        return low + datetime.timedelta(microseconds=10 ** max(6 - len(found["fraction"]), 0))
    for name, step in STEPS:
        if found[name]:
            return low + step
    if found["month"]:
        years, month = divmod(low.month, 12)
        return low.replace(year=low.year + years, month=month + 1)
    return low.replace(year=low.year + 1)


STEPS = (
    ("second", datetime.timedelta(seconds=1)),
    ("hour", datetime.timedelta(minutes=1)),
    ("day", datetime.timedelta(days=1)),
)
EARLIEST = datetime.datetime.min.replace(tzinfo=datetime.UTC)
LATEST = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def _zone(text: str | None) -> datetime.tzinfo:
    if text is None:
        return timezone.get_current_timezone()
    if text == "Z":
        return datetime.UTC
    offset = datetime.timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return datetime.timezone(-offset if text[0] == "-" else offset)


def _span(value: Any) -> Range | None:
    if isinstance(value, str):
        return span_of(value)
    if not isinstance(value, dict):
        return None
    if "start" in value or "end" in value:
        begin, end = (_span(value.get(name, "")) for name in ("start", "end"))
        return Range(begin.low if begin else None, end.high if end else None)
    moments = value.get("event")
    if isinstance(moments, list):
        spans = [span for each in moments if (span := _span(each)) is not None]
        if spans:
            return Range(min(span.low for span in spans), max(span.high for span in spans))
    repeat = value.get("repeat")
    return _span(repeat.get("boundsPeriod")) if isinstance(repeat, dict) else None
