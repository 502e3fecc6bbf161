"""What a timeline is made of: dated events of one case, without the tables they come from."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Row(Enum):
    """Which row of the timeline an event belongs to; the value heads it."""

    TREATMENT = "Treatments"
    PROCEDURE = "Procedures"
    SPECIMEN = "Pathology"
    STUDY = "Studies"
    DECISION = "Board"


@dataclass(frozen=True)
class Band:
    """A treatment or a procedure: something that goes on for a time, or is done on one day.

    `start` and `end` are None where the date is not known; an `is_ongoing` band goes on to the
    day of the timeline. What happens on one day has the same start and end. `label` is short, for
    the picture; `name` and `details` are for the table.
    """

    row: Row
    label: str
    name: str
    start: datetime.date | None
    end: datetime.date | None
    is_ongoing: bool = False
    details: tuple[str, ...] = ()

    @property
    def date(self) -> datetime.date | None:
        """The day under which it stands in the table."""
        return self.start or self.end


@dataclass(frozen=True)
class StudyPoint:
    """A study, and its result as a code of `cases.models.result.Outcome`.

    Without a result `outcome` is empty; one that is only ordered has `is_performed` false and the
    date of the order.
    """

    date: datetime.date
    modality: str
    name: str
    outcome: str
    is_performed: bool
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """A specimen or a signed decision: one day, a short label for the picture, words beside it."""

    row: Row
    date: datetime.date
    label: str
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiameterSum:
    """The sum of the target lesions' diameters on one study, in mm.

    Only sums of one `course` are comparable: another one has a baseline of its own.
    """

    date: datetime.date
    sum_mm: float
    course: int = 0
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarkerValue:
    """A laboratory value as a multiple of its upper limit.

    `comparator` is "<" or ">" where the laboratory could only say so; `value` is what it gave,
    with the unit, in words.
    """

    date: datetime.date
    marker: str
    multiple: float
    value: str
    comparator: str = ""


@dataclass(frozen=True)
class Timeline:
    """The story of one case up to the day `until`; every tuple may be empty."""

    until: datetime.date
    bands: tuple[Band, ...] = ()
    studies: tuple[StudyPoint, ...] = ()
    points: tuple[Point, ...] = ()
    sums: tuple[DiameterSum, ...] = ()
    markers: tuple[MarkerValue, ...] = ()

    @property
    def dates(self) -> list[datetime.date]:
        """Every day on which something is known to have happened, oldest first."""
        return sorted(self._dates())

    @property
    def undated(self) -> tuple[Band, ...]:
        """What happened on an unknown day; the picture cannot show it."""
        return tuple(band for band in self.bands if band.date is None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to have happened, on any day or on an unknown one."""
        return not (self.dates or self.bands)

    def _dates(self) -> Iterator[datetime.date]:
        for band in self.bands:
            yield from filter(None, (band.start, band.end))
        for study in self.studies:
            yield study.date
        for point in self.points:
            yield point.date
        for measured in self.sums:
            yield measured.date
        for value in self.markers:
            yield value.date
