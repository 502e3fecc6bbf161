"""Days to pixels."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

#: A timeline of a single day would have no width.
LEAST_DAYS = 30
#: Free space at either end, as a part of the whole.
MARGIN = 0.02


@dataclass(frozen=True)
class TimeScale:
    """A linear scale from the day `first` at 0 to the day `last` at `width` pixels."""

    first: datetime.date
    last: datetime.date
    width: float

    def position(self, date: datetime.date) -> float:
        """Where `date` lies, in pixels to a tenth."""
        return round((date - self.first).days / (self.last - self.first).days * self.width, 1)

    @property
    def domain(self) -> list[int]:
        """Both ends in milliseconds since 1970 UTC, as Vega counts time."""
        return [milliseconds(self.first), milliseconds(self.last)]


def milliseconds(date: datetime.date) -> int:
    """Midnight UTC of `date` in milliseconds since 1970, whatever the machine's time zone."""
    return (date - datetime.date(1970, 1, 1)).days * 86_400_000


def scale_of(dates: Sequence[datetime.date], until: datetime.date, width: float) -> TimeScale:
    """A scale that holds all `dates` and the day `until`, with some space around them.

    The calendar ends in 9999 and begins in year 1; so does the scale.
    """
    first, last = min([*dates, until]), max([*dates, until])
    days = (last - first).days
    margin = max(round(days * MARGIN), (LEAST_DAYS - days + 1) // 2, 1)
    return TimeScale(
        datetime.date.fromordinal(max(first.toordinal() - margin, 1)),
        datetime.date.fromordinal(min(last.toordinal() + margin, datetime.date.max.toordinal())),
        width,
    )
