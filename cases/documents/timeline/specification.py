"""The timeline as a Vega-Lite specification.

Everything has its place before Vega draws it: no size depends on the fonts of the machine, and
the same story gives the same picture. Days count in UTC, whatever the machine's time zone.
The words are put in afterwards, see `Sketch`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.documents.timeline.arrangement import BAR, TEXT_PX, Arrangement, Text, arrange
from cases.documents.timeline.colors import LIGHT
from cases.documents.timeline.lanes import cut, text_width
from cases.documents.timeline.marks import Mark
from cases.documents.timeline.panels import HEIGHT, TITLE, Panel, marker_panel, sum_panel
from cases.documents.timeline.time_scale import TimeScale, scale_of
from cases.selectors.timeline_events import Row, Timeline

WIDTH = 720
LEFT, RIGHT, TOP = 92, 14, 8
AXIS = 26
LEGEND_LANE = 18
#: The fonts of the site; none is fetched, and the last is on every machine.
FONT = "Segoe UI, Roboto, Liberation Sans, system-ui, sans-serif"
SYMBOL_AREA = 62
LEGEND_SYMBOL = 14
#: A date nearer than this to an end of the axis stands inside of it.
FLUSH = 34


@dataclass(frozen=True)
class Sketch:
    """A picture whose words are still to be put in: "~0" stands for the first of `words`, and on.

    Vega would measure each word, which takes as long as all the rest and is of no use here; and
    what a person has typed does not reach the JavaScript that draws.
    """

    specification: dict[str, Any]
    words: tuple[str, ...]


def sketch(timeline: Timeline) -> Sketch:
    """The picture of `timeline`; its plot is as wide as `WIDTH` without the space at both sides."""
    width = WIDTH - LEFT - RIGHT
    scale = scale_of(timeline.dates, timeline.until, width)
    rows = arrange(timeline, scale)
    bottom = rows.height
    x = _time(scale, bottom + (TITLE + HEIGHT) * (bool(timeline.sums) + bool(timeline.markers)))
    panels = []
    if timeline.sums:
        panels.append(sum_panel(timeline.sums, top=bottom + TITLE, x=x))
        bottom += TITLE + HEIGHT
    if timeline.markers:
        panels.append(marker_panel(timeline.markers, top=bottom + TITLE, x=x))
        bottom += TITLE + HEIGHT
    marks, texts, end = _legend(rows, panels, bottom + AXIS)
    words = [*rows.texts, *texts]
    layers = [
        {"data": {"values": [{"x": scale.domain[0]}]}, "mark": NOTHING, "encoding": {"x": x}},
        *_rules(rows, timeline, width, bottom),
        *(panel.layer for panel in panels),
        _bars(rows),
        _symbols([(s.x, s.y, s.mark) for s in rows.symbols] + marks),
        *_texts(words),
    ]
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": bottom,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": max(end - bottom, AXIS)},
        "autosize": {"type": "none"},
        "background": LIGHT["page"],
        "config": CONFIG,
        "resolve": {"scale": {"x": "shared", "y": "independent"}},
        "layer": [layer for layer in layers if "layer" in layer or layer["data"]["values"]],
    }
    return Sketch(specification, tuple(text.text for text in words))


#: A layer that draws nothing keeps the axis where nothing else has one.
NOTHING = {"type": "rule", "opacity": 0, "color": LIGHT["page"]}
#: From how many days on an axis shows months, and years alone.
SOME_MONTHS, MANY_YEARS = 200, 3000
CONFIG: dict[str, Any] = {
    "font": FONT,
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": LIGHT["ink-soft"],
        "titleColor": LIGHT["ink"],
        "labelFontSize": TEXT_PX,
        "titleFontSize": TEXT_PX,
        "titleFontWeight": "bold",
        "gridColor": LIGHT["line"],
        "domainColor": LIGHT["line-strong"],
        "tickColor": LIGHT["line-strong"],
    },
}


def _time(scale: TimeScale, height: float) -> dict[str, Any]:
    """Days in UTC, with the axis that all layers share; its ticks go up through all rows."""
    days = (scale.last - scale.first).days
    return {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": scale.domain, "nice": False},
        "axis": {
            "title": None,
            "orient": "bottom",
            "grid": False,
            "tickSize": -height,
            "labelPadding": height + 6,
            "tickColor": LIGHT["line"],
            "labelFlush": FLUSH,
            "tickCount": 5 if days <= SOME_MONTHS else 8,
            "format": "%Y" if days > MANY_YEARS else "%b %Y" if days > SOME_MONTHS else "%-d %b %Y",
        },
    }


def _rules(
    rows: Arrangement, timeline: Timeline, width: float, bottom: float
) -> list[dict[str, Any]]:
    """Hairlines between rows; a dotted line from each decision down through the panels."""
    between = {
        "data": {"values": [{"y": y} for y in rows.rules]},
        "mark": {"type": "rule", "color": LIGHT["line"], "x": -LEFT, "x2": width},
        "encoding": {"y": _px("y")},
    }
    days = sorted({point.date for point in timeline.points if point.row is Row.DECISION})
    decided = {
        "data": {"values": [{"x": rows.scale.position(day)} for day in days]},
        "mark": {
            "type": "rule",
            "color": LIGHT["line-strong"],
            "strokeDash": [1, 3],
            "y": rows.board,
            "y2": bottom,
        },
        "encoding": {"x": _px("x")},
    }
    return [between, decided]


def _bars(rows: Arrangement) -> dict[str, Any]:
    values = [
        {
            "x": bar.x,
            "x2": bar.x2,
            "y": bar.y,
            "y2": bar.y + BAR,
            "fill": LIGHT["page" if bar.is_open else bar.color],
            "stroke": LIGHT[bar.color],
            "dash": [3, 2] if bar.is_open else [1, 0],
        }
        for bar in rows.bars
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "strokeWidth": 1, "strokeDash": {"expr": "datum.dash"}},
        "encoding": {
            "x": _px("x"),
            "x2": {"field": "x2"},
            "y": _px("y"),
            "y2": {"field": "y2"},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "stroke", "type": "nominal", "scale": None},
        },
    }


def _symbols(symbols: Sequence[tuple[float, float, Mark]]) -> dict[str, Any]:
    values = [
        {
            "x": x,
            "y": y,
            "shape": mark.shape,
            "fill": LIGHT[mark.color if mark.is_filled else "page"],
            "stroke": LIGHT[mark.color],
        }
        for x, y, mark in symbols
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "point", "size": SYMBOL_AREA, "strokeWidth": 1.2, "opacity": 1},
        "encoding": {
            "x": _px("x"),
            "y": _px("y"),
            "shape": {"field": "shape", "type": "nominal", "scale": None},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "stroke", "type": "nominal", "scale": None},
        },
    }


def _texts(texts: Sequence[Text]) -> list[dict[str, Any]]:
    """Names of rows end at the left of the plot; every other text begins where it stands."""
    return [
        {
            "data": {
                "values": [_text(t, place) for place, t in enumerate(texts) if t.is_head is is_head]
            },
            "mark": {
                "type": "text",
                "align": "right" if is_head else "left",
                "baseline": "middle",
                "fontSize": TEXT_PX,
                "fontWeight": "bold" if is_head else "normal",
                "limit": 0,
            },
            "encoding": {
                "x": _px("x"),
                "y": _px("y"),
                "text": {"field": "text", "type": "nominal"},
                "color": {"field": "color", "type": "nominal", "scale": None},
            },
        }
        for is_head in (True, False)
    ]


def _text(text: Text, place: int) -> dict[str, Any]:
    color = LIGHT["ink-soft" if text.is_quiet else "ink"]
    return {"x": text.x, "y": text.y, "text": f"~{place}", "color": color}


def _legend(
    rows: Arrangement, panels: Sequence[Panel], top: float
) -> tuple[list[tuple[float, float, Mark]], list[Text], float]:
    """What the symbols mean, in lines under the time axis; where they end."""
    symbols: list[tuple[float, float, Mark]] = []
    texts: list[Text] = []
    y = top + LEGEND_LANE / 2
    for group in (rows.used, *(panel.legend for panel in panels)):
        x: float = -LEFT + LEGEND_SYMBOL
        for mark in group:
            words = cut(mark.words, TEXT_PX, WIDTH / 2)
            length = LEGEND_SYMBOL + text_width(words, TEXT_PX)
            if x + length > WIDTH - LEFT - RIGHT:
                x, y = -LEFT + LEGEND_SYMBOL, y + LEGEND_LANE
            symbols.append((x, y, mark))
            texts.append(Text(x + LEGEND_SYMBOL - 4, y, words, is_quiet=True))
            x += round(length + LEGEND_SYMBOL, 1)
        y += LEGEND_LANE * bool(group)
    for left_out in (panel.left_out for panel in panels if panel.left_out):
        words = f"and {left_out} more markers, see the table"
        texts.append(Text(-LEFT + LEGEND_SYMBOL, y, words, is_quiet=True))
        y += LEGEND_LANE
    return symbols, texts, y


def _px(field: str) -> dict[str, Any]:
    """A place in pixels of the plot."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}
