"""Putting things that lie on one line of time beneath each other, so that none covers another."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: Widths in em, on the wide side: the reader's font is not known, and a gap too much is no harm.
NARROW, MEDIUM, BROAD, SQUARE = 0.4, 0.64, 0.9, 1.05
NARROW_LETTERS = frozenset("iljtfrI.,:;'|!()[]/ -")
BROAD_LETTERS = frozenset("mwMWGOQ%@")
ELLIPSIS = "…"


def text_width(text: str, size_px: float) -> float:
    """The most that `text` takes up on the line, in pixels."""
    return size_px * sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in BROAD_LETTERS:
        return BROAD
    if unicodedata.east_asian_width(letter) in "WF":
        return SQUARE
    return MEDIUM if letter.isascii() else BROAD


def cut(text: str, size_px: float, width_px: float) -> str:
    """`text`, or as much of it as fits into `width_px`, with an ellipsis."""
    if text_width(text, size_px) <= width_px:
        return text
    shown = text
    while shown and text_width(shown + ELLIPSIS, size_px) > width_px:
        shown = shown[:-1]
    return shown.rstrip() + ELLIPSIS


@dataclass(frozen=True)
class Packed:
    """The lane of each span, counted from 0; None where no lane was left. `count` were used."""

    lanes: tuple[int | None, ...]
    count: int


def pack(spans: Sequence[tuple[float, float]], *, limit: int, gap: float = 4) -> Packed:
    """Give each span (from, to, in order of `from`) the first lane in which it fits."""
    ends: list[float] = []
    lanes: list[int | None] = []
    for start, end in spans:
        free = next((lane for lane, used in enumerate(ends) if used + gap <= start), None)
        if free is None and len(ends) < limit:
            free = len(ends)
            ends.append(end)
        elif free is not None:
            ends[free] = end
        lanes.append(free)
    return Packed(tuple(lanes), len(ends))
