"""Where each event lies in the upper part of the picture: rows from the top, in pixels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cases.documents.timeline.lanes import cut, pack, text_width
from cases.documents.timeline.marks import DECISION, ONGOING, OUTCOMES, SPECIMEN, Mark, mark_of
from cases.documents.timeline.time_scale import TimeScale
from cases.models.study import Modality
from cases.selectors.timeline_events import Band, Point, Row, StudyPoint, Timeline

TEXT_PX = 11
#: Heights of a lane with a label over its bar, of one with a symbol and a label, of symbols alone.
BAND_LANE, LABEL_LANE, SYMBOL_LANE = 25, 17, 13
ROW_GAP = 7
BAR = 7
LEAST_BAR, OPEN_BAR, ARROW = 5, 14, 8
SYMBOL = 9
#: Most lanes of each row: what finds no place is counted in the picture and stands in the table.
BAND_LANES, POINT_LANES, STUDY_LANES = 12, 4, 4
#: Studies without a place are counted together over this many pixels.
COUNTED_PX = 26
NOTHING = "No treatment, study, specimen or decision with a known date."

SHORT_MODALITY = {
    Modality.SRS: "SRS",
    Modality.US: "US",
    Modality.CEUS: "CEUS",
    Modality.EUS: "EUS",
}
SHORT_MODALITY |= {m: m.label.removesuffix("/CT") for m in Modality if m not in SHORT_MODALITY}


@dataclass(frozen=True)
class Bar:
    """A bar from `x` to `x2`; dashed where one of its ends is not known."""

    x: float
    x2: float
    y: float
    color: str
    is_open: bool


@dataclass(frozen=True)
class Symbol:
    """A symbol around (x, y)."""

    x: float
    y: float
    mark: Mark


@dataclass(frozen=True)
class Text:
    """A text in the middle of the line `y`, which begins at `x`, or ends there if `is_head`."""

    x: float
    y: float
    text: str
    is_head: bool = False
    is_quiet: bool = False


@dataclass
class Arrangement:
    """Everything in the rows, and how high they are together."""

    scale: TimeScale
    bars: list[Bar] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    #: The lines between rows.
    rules: list[float] = field(default_factory=list)
    height: float = 0
    #: Where the row of the board begins.
    board: float = 0
    used: list[Mark] = field(default_factory=list)

    def head(self, words: str, lane: float) -> None:
        """Begin a row: its name at the left of its first lane."""
        if self.height:
            self.height += ROW_GAP
            self.rules.append(round(self.height - ROW_GAP / 2, 1))
        self.texts.append(Text(-10, self.height + lane / 2 + 1, words, is_head=True))

    def symbol(self, x: float, y: float, mark: Mark) -> None:
        """Draw a symbol, and remember that its meaning is to be told."""
        self.symbols.append(Symbol(x, y, mark))
        if mark.words not in {used.words for used in self.used}:
            self.used.append(mark)


def arrange(timeline: Timeline, scale: TimeScale) -> Arrangement:
    """Lay out treatments, procedures, specimens, studies by modality, decisions."""
    found = Arrangement(scale)
    for row in (Row.TREATMENT, Row.PROCEDURE):
        _bands(found, row, [b for b in timeline.bands if b.row is row and b.date], timeline)
    _specimens(found, [point for point in timeline.points if point.row is Row.SPECIMEN])
    for modality in Modality:
        studies = [study for study in timeline.studies if study.modality == modality]
        _studies(found, SHORT_MODALITY[modality], studies)
    _decisions(found, [point for point in timeline.points if point.row is Row.DECISION])
    if not found.height:
        found.texts.append(Text(0, LABEL_LANE / 2, NOTHING, is_quiet=True))
        found.height = LABEL_LANE
    order = [*OUTCOMES.values()]
    found.used.sort(key=lambda mark: order.index(mark) if mark in order else len(order))
    return found


def _bands(found: Arrangement, row: Row, bands: list[Band], timeline: Timeline) -> None:
    """Bars, each with its label over it."""
    if not bands:
        return
    bands.sort(key=lambda band: (band.date or timeline.until, band.label))
    found.head(row.value, TEXT_PX)
    ends = [_ends(band, found.scale, timeline) for band in bands]
    labels = [cut(_label(band), TEXT_PX, found.scale.width) for band in bands]
    starts = [
        _label_start(x, label, found.scale.width)
        for (x, _), label in zip(ends, labels, strict=True)
    ]
    spans = [
        (min(x, start), max(x2 + ARROW, start + text_width(label, TEXT_PX)))
        for (x, x2), start, label in zip(ends, starts, labels, strict=True)
    ]
    packed = pack(spans, limit=BAND_LANES, gap=8)
    color = "accent" if row is Row.TREATMENT else "ink-soft"
    for band, (x, x2), start, label, lane in zip(
        bands, ends, starts, labels, packed.lanes, strict=True
    ):
        if lane is None:
            continue
        top = found.height + lane * BAND_LANE
        found.texts.append(Text(start, top + TEXT_PX / 2 + 1, label))
        y = top + TEXT_PX + 4
        found.bars.append(Bar(x, x2, y, color, is_open=_is_open(band)))
        if band.is_ongoing:
            found.symbol(x2 + 2, y + BAR / 2, replace(ONGOING, color=color))
    found.height += packed.count * BAND_LANE
    _say_what_is_missing(found, packed.lanes.count(None))


def _label(band: Band) -> str:
    if band.start is None:
        return f"{band.label} (start unknown)"
    return f"{band.label} (end unknown)" if _is_open(band) else band.label


def _is_open(band: Band) -> bool:
    return band.start is None or (band.end is None and not band.is_ongoing)


def _ends(band: Band, scale: TimeScale, timeline: Timeline) -> tuple[float, float]:
    """Where the bar begins and ends; with one end unknown it is a short piece at the known one."""
    if band.start is None:
        x2 = scale.position(band.end or timeline.until)
        return max(x2 - OPEN_BAR, 0), x2
    x = scale.position(band.start)
    end = timeline.until if band.is_ongoing else band.end
    return x, x + OPEN_BAR if end is None else max(scale.position(end), x + LEAST_BAR)


def _label_start(x: float, label: str, width: float) -> float:
    """At the start of the bar, or as far left as the label needs to end inside the picture."""
    return round(max(min(x, width - text_width(label, TEXT_PX)), 0), 1)


def _say_what_is_missing(found: Arrangement, count: int) -> None:
    if count:
        y = found.height + LABEL_LANE / 2
        found.texts.append(Text(0, y, f"and {count} more, see the table", is_quiet=True))
        found.height += LABEL_LANE


def _specimens(found: Arrangement, points: list[Point]) -> None:
    """Symbols, each with its label beside it: at the right, or at the left by the right edge."""
    if not points:
        return
    points.sort(key=lambda point: (point.date, point.label))
    found.head(Row.SPECIMEN.value, LABEL_LANE)
    width = found.scale.width
    placed = []
    for point in points:
        x = found.scale.position(point.date)
        label = cut(point.label, TEXT_PX, width / 2 - 2 * SYMBOL)
        length = text_width(label, TEXT_PX)
        start = x + SYMBOL if x + SYMBOL + length <= width else x - SYMBOL - length
        placed.append((x, start, label, (min(x - SYMBOL, start), max(x + SYMBOL, start + length))))
    packed = pack([span for *_, span in placed], limit=POINT_LANES)
    for (x, start, label, _), lane in zip(placed, packed.lanes, strict=True):
        if lane is not None:
            y = found.height + lane * LABEL_LANE + LABEL_LANE / 2
            found.symbol(x, y, SPECIMEN)
            found.texts.append(Text(round(start, 1), y, label))
    found.height += packed.count * LABEL_LANE
    _say_what_is_missing(found, packed.lanes.count(None))


def _studies(found: Arrangement, head: str, studies: list[StudyPoint]) -> None:
    ordered = sorted(studies, key=lambda study: (study.date, study.outcome, study.name))
    _symbols(found, head, [(found.scale.position(s.date), mark_of(s)) for s in ordered])


def _decisions(found: Arrangement, points: list[Point]) -> None:
    found.board = found.height
    days = sorted(point.date for point in points)
    _symbols(found, Row.DECISION.value, [(found.scale.position(day), DECISION) for day in days])


def _symbols(found: Arrangement, head: str, marks: Sequence[tuple[float, Mark]]) -> None:
    """One row of symbols; where too many lie on one place, the rest is counted beneath them."""
    if not marks:
        return
    found.head(head, SYMBOL_LANE)
    spans = [(x - SYMBOL / 2, x + SYMBOL / 2) for x, _ in marks]
    packed = pack(spans, limit=STUDY_LANES, gap=2)
    for (x, mark), lane in zip(marks, packed.lanes, strict=True):
        if lane is not None:
            found.symbol(x, found.height + lane * SYMBOL_LANE + SYMBOL_LANE / 2 + 1, mark)
    found.height += packed.count * SYMBOL_LANE + 2
    _count(found, (x for (x, _), lane in zip(marks, packed.lanes, strict=True) if lane is None))


def _count(found: Arrangement, places: Iterable[float]) -> None:
    """Write how many symbols found no place, by stretches of the row."""
    counts = Counter(int(x // COUNTED_PX) for x in places)
    for stretch, count in sorted(counts.items()):
        y = found.height + SYMBOL_LANE / 2
        found.texts.append(Text(stretch * COUNTED_PX, y, f"+{count}", is_quiet=True))
    found.height += SYMBOL_LANE * bool(counts)
