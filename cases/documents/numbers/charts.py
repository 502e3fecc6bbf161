"""Charts of a board's numbers as SVG; everything in them also stands in the tables."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from cases.documents.timeline.colors import DARK_STYLE, LIGHT
from cases.documents.timeline.rendering import draw
from cases.selectors.numbers.figures import Count, Figure
from cases.selectors.numbers.months import Month

#: Together about as wide as a page shows it, so that all charts have letters of one size.
WIDTH, LABELS, VALUES = 540, 260, 120
BAR_PX = 22
MONTHS_HEIGHT = 180
#: As many as the axis has room for, one by one.
FEW = 6
#: Room for the words behind the longest bar.
_ROOM = {"left": 5, "top": 5, "bottom": 5, "right": VALUES}
FONT = "sans-serif"
SERIES = {"Decided": LIGHT["accent"], "Postponed": LIGHT["caution"]}


def chart_of_parts(figure: Figure) -> str:
    """The parts of a number as bars, one under the other.

    Raises:
        cases.documents.timeline.rendering.NotDrawn: it could not be drawn.
    """
    rows = [_bar(part.label, part.value) for part in figure.parts]
    is_share = any(row["of"] for row in rows)
    longest = 100 if is_share else max((row["value"] for row in rows), default=1)
    mark = {
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "axis": _axis(labelLimit=LABELS, minExtent=LABELS),
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "scale": {"domain": [0, longest]},
                "axis": None,
            },
        },
        "layer": [
            {"mark": {"type": "bar", "color": LIGHT["accent"], "height": {"band": 0.6}}},
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 5,
                    "color": LIGHT["ink"],
                    "font": FONT,
                },
                "encoding": {"text": {"field": "words", "type": "nominal"}},
            },
        ],
    }
    return _named(
        draw(_specification(mark, rows, WIDTH, {"height": {"step": BAR_PX}, "padding": _ROOM})),
        figure.label,
        "; ".join(f"{row['label']}: {row['words']}" for row in rows),
    )


def chart_of_months(months: Sequence[Month]) -> str:
    """Decided and postponed cases of each month, side by side.

    Raises:
        cases.documents.timeline.rendering.NotDrawn: it could not be drawn.
    """
    rows = [
        {"month": month.label, "what": what, "value": value}
        for month in months
        for what, value in (("Decided", month.decided), ("Postponed", month.postponed))
    ]
    mark = {
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "month", "type": "nominal", "sort": None, "axis": _axis(labelAngle=-45)},
            "xOffset": {"field": "what", "sort": list(SERIES)},
            "y": {
                "field": "value",
                "type": "quantitative",
                "axis": _axis(format="d", gridColor=LIGHT["line"], **_whole(rows)),
            },
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": list(SERIES), "range": list(SERIES.values())},
                "legend": {
                    "title": None,
                    "orient": "top",
                    "labelColor": LIGHT["ink"],
                    "labelFont": FONT,
                },
            },
        },
    }
    described = "; ".join(
        f"{m.label}: {m.decided} decided, {m.postponed} postponed" for m in months
    )
    svg = draw(_specification(mark, rows, WIDTH + LABELS + VALUES, {"height": MONTHS_HEIGHT}))
    return _named(svg, "Cases by month", described)


def _whole(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Ticks at whole cases: few cases would be parted into halves, each rounded to a whole."""
    most = max((row["value"] for row in rows), default=0)
    return {"values": list(range(most + 1))} if most < FEW else {"tickMinStep": 1}


def _bar(label: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Count):
        return {"label": label, "value": value.number, "words": value.words, "of": 0}
    return {
        "label": label,
        "value": value.percent or 0,
        "words": value.words,
        "of": value.whole,
    }


def _axis(**given: Any) -> dict[str, Any]:
    return {
        "title": None,
        "labelColor": LIGHT["ink"],
        "labelFont": FONT,
        "domainColor": LIGHT["line-strong"],
        "tickColor": LIGHT["line-strong"],
        **given,
    }


def _specification(
    mark: dict[str, Any], rows: list[dict[str, Any]], width: int, size: dict[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": LIGHT["page"],
        "data": {"values": rows},
        "width": width,
        "config": {
            "view": {"stroke": None},
            "text": {"fontSize": 12},
            "axis": {"labelFontSize": 12},
            "legend": {"labelFontSize": 12},
        },
        **size,
        **mark,
    }


def _named(svg: str, title: str, description: str) -> str:
    """Name the picture, and let it follow a reader who prefers dark."""
    tag, rest = svg.split(">", 1)
    return (
        f"{tag}><title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"<style>{DARK_STYLE}</style>{rest}"
    )
