"""Comparing two ranges, as R4 says for dates and numbers alike."""

from typing import Any, NamedTuple

from cases.fhir.search.prefixes import Prefix


class Range(NamedTuple):
    """From `low`, which is in it, to `high`, which is not; None is without an end.

    A single point has the same `low` and `high`.
    """

    low: Any
    high: Any


def compares(prefix: Prefix, wanted: Range, there: Range) -> bool:
    """Whether what is there stands to what is wanted as the prefix says.

    Of `ap` the caller has widened `wanted`.
    """
    match prefix:
        case Prefix.EQ:
            return _within(there, wanted)
        case Prefix.NE:
            return not _within(there, wanted)
        case Prefix.GT:
            return _ends_after(there, wanted)
        case Prefix.LT:
            return _begins_before(there, wanted)
        case Prefix.GE:
            return _ends_after(there, wanted) or _within(there, wanted)
        case Prefix.LE:
            return _begins_before(there, wanted) or _within(there, wanted)
        case Prefix.SA:
            return there.low is not None and there.low >= wanted.high and there != wanted
        case Prefix.EB:
            return there.high is not None and there.high <= wanted.low and there != wanted
        case Prefix.AP:
            return not (_before(there, wanted) or _before(wanted, there))


def _within(inner: Range, outer: Range) -> bool:
    if inner.low is None or inner.high is None:
        return False
    return bool(outer.low <= inner.low and inner.high <= outer.high)


def _ends_after(there: Range, wanted: Range) -> bool:
    return there.high is None or there.high > wanted.high


def _begins_before(there: Range, wanted: Range) -> bool:
    return there.low is None or there.low < wanted.low


def _before(one: Range, other: Range) -> bool:
    return one.high is not None and other.low is not None and one.high < other.low
