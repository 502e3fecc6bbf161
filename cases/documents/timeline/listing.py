"""The table beside the picture: everything in it, in words."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cases.documents.timeline.marks import mark_of
from cases.models.study import Modality
from cases.selectors.timeline_events import Band, Point, Row, StudyPoint, Timeline
from guidance.engine.values import number_words
from tumorboard.formats import day

DATE_UNKNOWN = "date unknown"
HEADS = {
    Row.TREATMENT: "Treatment",
    Row.PROCEDURE: "Procedure",
    Row.SPECIMEN: "Pathology",
    Row.STUDY: "Study",
    Row.DECISION: "Board",
}
#: What is still true of a band that has no end yet.
GOES_ON = {Row.TREATMENT: "going on", Row.PROCEDURE: "in place"}


@dataclass(frozen=True)
class EventLine:
    """One event: when, of what kind, what, and what else is known of it (or "")."""

    dates: str
    kind: str
    name: str
    details: str


@dataclass(frozen=True)
class ValueLine:
    """What was measured on one day: the sum of diameters in mm (or ""), and each marker."""

    date: str
    sum_mm: str
    markers: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Events and values from the oldest to the newest; events of unknown date come last."""

    events: tuple[EventLine, ...]
    values: tuple[ValueLine, ...]


def listing_of(timeline: Timeline, *, with_studies: bool = True) -> Listing:
    """Everything that the picture of `timeline` shows, and what it cannot show.

    Args:
        with_studies: whether studies are among the events; a document may have their table.
    """
    studies = timeline.studies if with_studies else ()
    events: list[Band | Point | StudyPoint] = [*timeline.bands, *timeline.points, *studies]
    events.sort(key=_order)
    return Listing(tuple(map(_line, events)), tuple(_values(timeline)))


def _order(event: Band | Point | StudyPoint) -> tuple[datetime.date, str]:
    return event.date or datetime.date.max, event.name


def _line(event: Band | Point | StudyPoint) -> EventLine:
    details = "; ".join(event.details)
    if isinstance(event, StudyPoint):
        outcome = mark_of(event).words
        words = "; ".join((outcome, *event.details))
        return EventLine(day(event.date), Modality(event.modality).label, event.name, words)
    dates = _dates(event) if isinstance(event, Band) else day(event.date)
    return EventLine(dates, HEADS[event.row], event.name, details)


def _dates(band: Band) -> str:
    """From when to when, as far as it is known."""
    if band.start is None:
        if band.end is not None:
            return f"to {day(band.end)}, start unknown"
        return f"{DATE_UNKNOWN}, still {GOES_ON[band.row]}" if band.is_ongoing else DATE_UNKNOWN
    if band.is_ongoing:
        return f"from {day(band.start)}, still {GOES_ON[band.row]}"
    if band.end is None:
        return f"from {day(band.start)}, end unknown"
    return day(band.start) if band.end == band.start else f"{day(band.start)} to {day(band.end)}"


def _values(timeline: Timeline) -> Iterator[ValueLine]:
    sums: dict[datetime.date, list[str]] = defaultdict(list)
    markers: dict[datetime.date, list[str]] = defaultdict(list)
    for measured in timeline.sums:
        words = ", ".join((number_words(round(measured.sum_mm, 1)), *measured.details))
        sums[measured.date].append(words)
    for value in timeline.markers:
        markers[value.date].append(f"{value.marker}: {value.value}")
    for date in sorted({*sums, *markers}):
        yield ValueLine(day(date), "; ".join(sums[date]), tuple(markers[date]))
