"""Numbers in the ranges that the guidance tells apart, such as "3 to 20 %".

Between two thresholds nothing that is said depends on the number, so one number stands for all
of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from guidance.engine.dictionary import FactDefinition
from guidance.engine.values import number_words

INTEGER = "integer"
#: What the dictionary says of numbers that have no unit.
NO_UNITS = ("grade", "as reported")


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, without a bound where None; an end may be left out of it.

    `example` is a number of the range, in the unit of its fact.
    """

    low: float | None
    high: float | None
    example: float
    has_low: bool = True
    has_high: bool = True


def ranges_of(definition: FactDefinition, thresholds: Iterable[float]) -> list[Range]:
    """Return the ranges of a number that its thresholds tell apart, in order; each threshold alone.

    Together they are all values that the dictionary allows for the fact.
    """
    low, high = definition.low, definition.high
    inside = sorted(
        {t for t in thresholds if (low is None or t >= low) and (high is None or t <= high)}
    )
    if definition.kind == INTEGER:
        return _whole(inside, low, high)
    found: list[Range] = []
    start, has_start = low, not definition.low_exclusive
    for threshold in inside:
        if start is None or start < threshold:
            found.append(_between(start, threshold, has_start, has_high=False))
        if threshold != low or has_start:
            found.append(Range(threshold, threshold, threshold))
        start, has_start = threshold, False
    if start is None or high is None or start < high:
        found.append(_between(start, high, has_start, has_high=True))
    return found


def _between(low: float | None, high: float | None, has_low: bool, has_high: bool) -> Range:
    if low is None:
        example = 0.0 if high is None else high - 1
    else:
        example = low + 1 if high is None else (low + high) / 2
    return Range(low, high, example, has_low, has_high)


def _whole(thresholds: list[float], low: float | None, high: float | None) -> list[Range]:
    found: list[Range] = []
    start = None if low is None else ceil(low)
    for threshold in thresholds:
        last = ceil(threshold) - 1
        if start is None or start <= last:
            found.append(_run(start, last))
        if threshold == floor(threshold):
            found.append(_run(int(threshold), int(threshold)))
        start = floor(threshold) + 1
    end = None if high is None else floor(high)
    if start is None or end is None or start <= end:
        found.append(_run(start, end))
    return found


def _run(low: int | None, high: int | None) -> Range:
    if low is not None:
        return Range(low, high, low)
    return Range(low, high, 0 if high is None else high)


def join(first: Range, second: Range) -> Range:
    """Return two neighboring ranges as one."""
    return Range(first.low, second.high, first.example, first.has_low, second.has_high)


def range_words(found: Range, definition: FactDefinition) -> str:
    """Return a range in words, with the unit of its fact."""
    starts = found.has_low is not definition.low_exclusive
    is_first = found.low is None or (found.low == definition.low and starts)
    is_last = found.high is None or (found.high == definition.high and found.has_high)
    words = _words(found, is_first=is_first, is_last=is_last)
    # "% positive nuclei" is "%" beside the name of the fact.
    unit = "%" if definition.unit.startswith("%") else definition.unit
    unit = "" if unit in NO_UNITS else unit
    return words if is_first and is_last else f"{words} {unit}".strip()


def _words(found: Range, *, is_first: bool, is_last: bool) -> str:
    low = "" if found.low is None else number_words(found.low)
    high = "" if found.high is None else number_words(found.high)
    if is_first and is_last:
        return "any value"
    if low == high:
        return f"exactly {low}"
    if is_first:
        return f"up to {high}" if found.has_high else f"below {high}"
    if is_last:
        return f"at least {low}" if found.has_low else f"above {low}"
    if found.has_low:
        return f"{low} to {high}" if found.has_high else f"{low} to below {high}"
    return f"above {low} up to {high}" if found.has_high else f"between {low} and {high}"
