"""From a timeline to its picture on paper, with everything in it in words."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from cases.documents.agenda import TimelineLines
from cases.documents.timeline.listing import Listing, listing_of
from cases.documents.timeline.picture import count, picture_of
from cases.documents.timeline.rendering import AT_ONCE, NotDrawn
from cases.selectors.timeline_events import Timeline

#: Letters of an alternative text; PDF/A allows 32,767 bytes, and nobody listens that long.
LONGEST = 8_000


def timelines_lines(timelines: Sequence[Timeline]) -> list[TimelineLines | None]:
    """Many timelines, several pictures at once; see `timeline_lines`."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(timeline_lines, timelines))


def timeline_lines(timeline: Timeline) -> TimelineLines | None:
    """The timeline, without its picture where that could not be drawn; none for no story."""
    if timeline.is_empty:
        return None
    try:
        picture = picture_of(timeline).paper if timeline.dates else ""
    except NotDrawn:
        picture = ""
    listing = listing_of(timeline)
    return TimelineLines(picture, f"{count(timeline)} {_in_words(listing)}", listing)


def _in_words(listing: Listing) -> str:
    events = [
        ", ".join(filter(None, (line.dates, line.kind, line.name, line.details)))
        for line in listing.events
    ]
    values = [
        ", ".join(filter(None, (line.date, line.sum_mm and f"sum {line.sum_mm} mm", *line.markers)))
        for line in listing.values
    ]
    words = "; ".join([*events, *values])
    return f"{words}." if len(words) <= LONGEST else f"{words[:LONGEST]} … and more in the record."
