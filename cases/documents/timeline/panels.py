"""The lower part of the picture: sum of diameters, and markers, over the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.documents.timeline.colors import LIGHT
from cases.documents.timeline.marks import BEYOND, DASHES, MARKERS, Mark
from cases.documents.timeline.time_scale import milliseconds
from cases.selectors.timeline_events import DiameterSum, MarkerValue

HEIGHT = 96
#: Space over a panel for its title.
TITLE = 30
#: Values further apart than this factor need a logarithmic scale.
WIDE = 20
#: On a logarithmic scale nothing lies lower: a tenth of the upper limit is plainly normal.
FLOOR = 0.1
#: The axis reaches at least this multiple of the upper limit, so that 1 is inside.
LEAST_TOP = 2.0
STEPS = [m * 10**e for e in range(-1, 7) for m in (1, 2, 5)]

SUM_TITLE = "Sum of target diameters, mm"
MARKER_TITLE = "Markers, as multiples of the upper limit"


@dataclass(frozen=True)
class Panel:
    """A layer of Vega-Lite with an axis of its own, and what its symbols mean."""

    layer: dict[str, Any]
    legend: tuple[Mark, ...] = ()
    #: How many markers there was no symbol for.
    left_out: int = 0


def sum_panel(sums: Sequence[DiameterSum], *, top: float, x: dict[str, Any]) -> Panel:
    """The sum of diameters as a line, from zero."""
    values = [
        {"x": milliseconds(s.date), "y": s.sum_mm, "course": s.course}
        for s in sorted(sums, key=_by_day)
    ]
    highest = max((s.sum_mm for s in sums), default=0) or 1
    scale = {"domain": [0, highest * 1.1], "range": [top + HEIGHT, top], "nice": False}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": _axis(SUM_TITLE, top)}
    mark = {
        "type": "line",
        "color": LIGHT["ink"],
        "strokeWidth": 1.5,
        "point": {"filled": True, "fill": LIGHT["ink"], "size": 40},
    }
    detail = {"field": "course", "type": "nominal"}
    encoding = {"x": x, "y": y, "detail": detail}
    return Panel({"data": {"values": values}, "mark": mark, "encoding": encoding})


def marker_panel(values: Sequence[MarkerValue], *, top: float, x: dict[str, Any]) -> Panel:
    """Each marker as a line with its own symbol and dash, and the upper limit as a rule."""
    names = list(dict.fromkeys(v.marker for v in sorted(values, key=lambda v: v.marker)))
    drawn = [value for value in values if value.marker in names[: len(MARKERS)]]
    highest = max(max((v.multiple for v in drawn), default=0), LEAST_TOP)
    lowest = min((v.multiple for v in drawn), default=1)
    is_wide = highest / max(lowest, FLOOR) > WIDE
    floor = max(min(lowest, 0.5) * 0.9, FLOOR) if is_wide else 0
    scale = {
        "type": "log" if is_wide else "linear",
        "domain": [floor, highest * 1.2 if is_wide else highest * 1.1],
        "range": [top + HEIGHT, top],
        "nice": False,
    }
    axis = _axis(MARKER_TITLE + (", logarithmic" if is_wide else ""), top)
    if is_wide:
        axis |= {"values": _ticks(floor, highest * 1.2), "tickCount": None}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": axis}
    rows = [_row(value, names.index(value.marker), floor) for value in sorted(drawn, key=_by_day)]
    encoding = {"x": x, "y": y}
    limit = {
        "data": {"values": [{"y": 1}]},
        "mark": {"type": "rule", "color": LIGHT["ink-soft"], "strokeDash": [3, 3]},
        "encoding": {"y": y},
    }
    lines = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 1.5},
        "encoding": {
            **encoding,
            "detail": {"field": "marker", "type": "nominal"},
            "stroke": {"field": "color", "type": "nominal", "scale": None},
            "strokeDash": {"field": "dash", "type": "nominal", "scale": None},
        },
    }
    symbols = {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": False, "size": 36, "opacity": 1},
        "encoding": {
            **encoding,
            "shape": {"field": "shape", "scale": None},
            "stroke": {"field": "color", "scale": None},
            "fill": {"field": "fill", "scale": None},
        },
    }
    legend = [
        Mark(mark.shape, mark.color, name, mark.is_filled)
        for name, mark in zip(names, MARKERS, strict=False)
    ]
    legend += [mark for sign, mark in BEYOND.items() if any(v.comparator == sign for v in drawn)]
    layer = {"layer": [limit, lines, symbols]}
    return Panel(layer, tuple(legend), max(len(names) - len(MARKERS), 0))


def _row(value: MarkerValue, marker: int, floor: float) -> dict[str, Any]:
    """One value with the look of its marker; hollow, and pointing, where it lies beyond."""
    mark = MARKERS[marker]
    shape = BEYOND.get(value.comparator, mark)
    color = LIGHT[mark.color]
    return {
        "x": milliseconds(value.date),
        "y": max(value.multiple, floor),
        "marker": marker,
        "shape": shape.shape,
        "color": color,
        "fill": color if shape.is_filled else LIGHT["page"],
        "dash": DASHES[marker],
    }


def _ticks(floor: float, top: float) -> list[float]:
    """Round steps between the ends; powers of ten alone where that were too many."""
    steps = [step for step in STEPS if floor <= step <= top]
    tens = [step for step in STEPS[::3] if floor <= step <= top]
    return steps if len(steps) <= 7 else tens


def _axis(title: str, top: float) -> dict[str, Any]:
    """An axis whose title lies over it, so that it can be read without turning the head."""
    return {
        "title": title,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleBaseline": "bottom",
        "titleX": 0,
        "titleY": top - 8,
        "orient": "left",
        "grid": True,
        "tickCount": 4,
        "offset": 0,
        "format": ".6~g",
    }


def _by_day(value: DiameterSum | MarkerValue) -> Any:
    return value.date
