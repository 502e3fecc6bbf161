"""The trend of an analyte by the product's rule, computed and with what it stands on.

The sources know a rising marker and give no number (001 L54, L72): the rule, its numbers and
its source stand in `analytes.yaml` [INT].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.models.lab_result import Comparator
from cases.selectors.analytes import catalogue
from cases.selectors.lab_points import INFINITE, TENTH, WITHIN, Point
from guidance.calculators.clocks import add_months
from tumorboard.formats import day

RISING, STABLE, FALLING, NORMAL, UNTOLD = "rising", "stable", "falling", "normal", ""
#: The mark beside each word on a page.
MARKS = {RISING: "up", FALLING: "down", STABLE: "arrow", NORMAL: "check"}
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Comparison:
    """The newest value against an earlier one that converts into its unit.

    `least` and `most` are the change in percent of the earlier value; they differ where one of
    the two was beyond detection. `by_multiples`: the upper limits differ, so the multiples of
    them were compared. `notes` are what a reader should know of the two.
    """

    newest: Point
    earlier: Point
    least: Decimal
    most: Decimal
    by_multiples: bool
    notes: tuple[str, ...]

    @property
    def word(self) -> str:
        """rising, falling or stable; empty where a value beyond detection leaves it open."""
        limit = catalogue().trend.percent
        if self.least >= limit:
            return RISING
        if self.most <= -limit:
            return FALLING
        if self.both_below or (self.least > -limit and self.most < limit):
            return STABLE
        return UNTOLD

    @property
    def both_below(self) -> bool:
        """Whether both values were below what could be measured."""
        points = (self.newest, self.earlier)
        return all(point.result.comparator == Comparator.BELOW for point in points)

    @property
    def percent_words(self) -> str:
        """The change for a reader, such as +64.2 %; "at least" where it is only bounded.

        One decimal, and as many as it takes where one would read as the limit of the rule, which
        was not reached.
        """
        if self.least == self.most:
            return _percent(self.least)
        if self.least > 0:
            return f"at least {_percent(self.least)}"
        return f"at least {_percent(self.most)}" if self.most < 0 else ""

    @property
    def words(self) -> str:
        """Both values with their dates, and the change."""
        said = f"{_dated(self.newest)} after {_dated(self.earlier)}"
        if self.by_multiples:
            multiples = f"{self.newest.multiple_words} after {self.earlier.multiple_words}"
            said += f" ({multiples})"
        return f"{said}, {self.percent_words}" if self.percent_words else said


@dataclass(frozen=True)
class Trend:
    """A trend with what it stands on; `word` is empty where none can be told, and `why` says why.

    `against` is the comparison with the value before, `lowest` the one with the lowest earlier
    value where that alone shows the rise. `left_out` are the earlier values, newest first, whose
    unit does not convert.
    """

    newest: Point
    word: str
    against: Comparison | None = None
    lowest: Comparison | None = None
    why: str = ""
    left_out: tuple[Point, ...] = ()

    @property
    def mark(self) -> str:
        """The icon beside the word; empty where there is no word."""
        return MARKS.get(self.word, "")

    @property
    def shown(self) -> Comparison | None:
        """The comparison that made the word, else the one with the value before."""
        return self.lowest or self.against

    @property
    def points(self) -> list[Point]:
        """The values that it stands on, newest first."""
        earlier = [c.earlier for c in (self.against, self.lowest) if c is not None]
        return [self.newest, *earlier]

    @property
    def words(self) -> str:
        """What was compared, and what was not, for a reader."""
        if self.shown is not None:
            days = ", ".join(day(point.result.taken_on) for point in self.left_out)
            return (
                f"{self.shown.words}; {days} not compared: other unit" if days else self.shown.words
            )
        limits = self.newest.limits_words
        return f"{_dated(self.newest)}, limits {limits}" if limits else _dated(self.newest)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the comparison."""
        return self.shown.notes if self.shown is not None else ()


def trend_of(points: Sequence[Point]) -> Trend:
    """The trend of one analyte.

    Args:
        points: its values, oldest first, at least one.
    """
    newest = points[-1]
    earlier = [p for p in points if p.result.taken_on < newest.result.taken_on]
    pairs = [(p, compare(newest, p)) for p in reversed(earlier)]
    compared = [found for _, found in pairs if found is not None]
    left_out = tuple(p for p, found in pairs if found is None)
    against = compared[0] if compared else None
    if newest.result.upper_limit is not None and newest.standing == WITHIN:
        return Trend(newest, NORMAL, against, left_out=left_out)
    if against is None:
        why = "The unit has changed, and the two do not convert." if earlier else "Only one value."
        return Trend(newest, UNTOLD, why=why)
    if against.word == STABLE:
        since = add_months(newest.result.taken_on, -catalogue().trend.lowest_months)
        recent = [c for c in compared if c.earlier.result.taken_on >= since]
        lowest = max(recent, key=lambda c: c.least, default=against)
        if lowest.word == RISING:
            return Trend(newest, RISING, against, lowest, left_out=left_out)
    why = "" if against.word else "A value beyond detection leaves the change open."
    return Trend(newest, against.word, against, why=why, left_out=left_out)


def compare(newest: Point, earlier: Point) -> Comparison | None:
    """Compare two values of one analyte; None where their units do not convert."""
    factor = newest.analyte.factor(earlier.result.unit, newest.result.unit)
    if factor is None:
        return None
    by_multiples = _limits_differ(newest, earlier, factor)
    new, old = newest.bounds, earlier.bounds
    if by_multiples:
        new, old = _multiples(newest), _multiples(earlier)
    else:
        old = (old[0] * factor, old[1] * factor)
    least, most = _change(old[1], new[0]), _change(old[0], new[1])
    notes = _notes(newest, earlier, by_multiples)
    return Comparison(newest, earlier, least, most, by_multiples, notes)


def _limits_differ(newest: Point, earlier: Point, factor: Decimal) -> bool:
    new, old = newest.result.upper_limit, earlier.result.upper_limit
    if new is None or old is None:
        return False
    tolerated = catalogue().trend.limits_differ_percent / HUNDRED
    return abs(new - old * factor) > tolerated * new


def _multiples(point: Point) -> tuple[Decimal, Decimal]:
    low, high = point.bounds
    upper = point.result.upper_limit or Decimal(1)
    return low / upper, high / upper


def _change(old: Decimal, new: Decimal) -> Decimal:
    """The change in percent of `old`; without end where something came from nothing."""
    if old == new:
        return Decimal(0)
    if new == INFINITE or old == 0:
        return INFINITE
    if old == INFINITE:
        return -HUNDRED
    return HUNDRED * (new - old) / old


def _notes(newest: Point, earlier: Point, by_multiples: bool) -> tuple[str, ...]:
    new, old = newest.result, earlier.result
    notes = []
    if by_multiples:
        notes.append("The upper limits differ: multiples of the limit were compared.")
    else:
        conversion = newest.analyte.conversion_words(old.unit, new.unit)
        if conversion:
            notes.append(f"Converted: {conversion}.")
        if (new.upper_limit is None) != (old.upper_limit is None):
            notes.append("Only one of the two has an upper limit: the assay may have changed.")
    laboratories = (new.laboratory.casefold(), old.laboratory.casefold())
    if all(laboratories) and laboratories[0] != laboratories[1]:
        notes.append(f"From different laboratories: {new.laboratory}, before {old.laboratory}.")
    return tuple(notes)


def _dated(point: Point) -> str:
    return f"{point.words} on {day(point.result.taken_on)}"


def _percent(change: Decimal) -> str:
    if change.is_infinite():
        return "from nothing"
    limit, place = catalogue().trend.percent, TENTH
    rounded = change.quantize(place, rounding=ROUND_HALF_UP)
    while abs(rounded) == limit and abs(change) != limit:
        place /= 10
        rounded = change.quantize(place, rounding=ROUND_HALF_UP)
    return f"{rounded:+f} %" if rounded else "0.0 %"
