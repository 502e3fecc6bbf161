"""The timeline as SVG, for a page and for paper."""

import re
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from cases.documents.timeline.colors import DARK_STYLE
from cases.documents.timeline.rendering import draw
from cases.documents.timeline.specification import FONT, sketch
from cases.selectors.timeline_events import Row, Timeline
from tumorboard.formats import day

TITLE = "Timeline of the case"
#: The text font that the typesetter brings.
PAPER_FONT = "Libertinus Serif"

PLACE = re.compile(r">~(\d+)<")
#: Where Vega describes the parts of a picture to a reader who would rather have the table.
PARTS = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"')


@dataclass(frozen=True)
class Picture:
    """One picture: `svg` for a page, light and dark; `paper` for the typesetter; and in words.

    `description` says what kind of thing is in it, and where to read everything.
    """

    svg: str
    paper: str
    description: str


def picture_of(timeline: Timeline, *, rows_only: bool = False) -> Picture:
    """Draw `timeline`.

    Args:
        rows_only: whether to leave out the curves of sums and markers.

    The same timeline gives the same bytes.

    Raises:
        cases.documents.timeline.rendering.NotDrawn: it could not be drawn.
    """
    shown = replace(timeline, sums=(), markers=()) if rows_only else timeline
    drawing = sketch(shown)
    words = [escape(_printable(text)) for text in drawing.words]
    drawn = PARTS.sub("", draw(drawing.specification))
    plain = PLACE.sub(lambda place: f">{words[int(place[1])]}<", drawn)
    description = describe(shown)
    return Picture(
        svg=_with_head(plain, description),
        paper=plain.replace(f'font-family="{FONT}"', f'font-family="{PAPER_FONT}"'),
        description=description,
    )


def _with_head(svg: str, description: str) -> str:
    """Name the picture, and let it follow a reader who prefers dark."""
    tag, rest = svg.split(">", 1)
    tag = tag.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ')
    return (
        f'{tag}><title id="title">{TITLE}</title><desc id="desc">{escape(description)}</desc>'
        f"<style>{DARK_STYLE}</style>{rest}"
    )


def _printable(text: str) -> str:
    """`text` without what XML cannot hold and what would turn the line around."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def describe(timeline: Timeline) -> str:
    """What the picture shows, in a sentence or two, beside the table of the same."""
    counted = count(timeline)
    if not timeline.dates:
        return counted
    return f"{counted} The table beside it says everything that the picture shows."


def count(timeline: Timeline) -> str:
    """How much of each kind the picture shows, from when to when."""
    counted = [
        _count(sum(band.row is Row.TREATMENT for band in timeline.bands), "treatment"),
        _count(sum(band.row is Row.PROCEDURE for band in timeline.bands), "procedure"),
        _count(sum(point.row is Row.SPECIMEN for point in timeline.points), "specimen"),
        _count(len(timeline.studies), "study", "studies"),
        _count(sum(point.row is Row.DECISION for point in timeline.points), "signed decision"),
        _count(len(timeline.sums), "sum of diameters", "sums of diameters"),
        _count(len(timeline.markers), "marker value"),
    ]
    dates = timeline.dates
    if not dates:
        return "Nothing with a known date."
    shown = ", ".join(filter(None, counted))
    return f"{shown}, from {day(dates[0])} to {day(max(dates[-1], timeline.until))}."


def _count(number: int, one: str, many: str = "") -> str:
    if not number:
        return ""
    return f"{number} {one if number == 1 else many or one + 's'}"
