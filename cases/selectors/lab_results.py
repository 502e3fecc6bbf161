"""Laboratory values of a case: by analyte, with standing, multiples and trend."""

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import Case, LabResult
from cases.selectors.analytes import catalogue
from cases.selectors.lab_points import Point
from cases.selectors.lab_trend import Trend, trend_of


@dataclass(frozen=True)
class Series:
    """The values of one analyte, oldest first, with their trend."""

    points: tuple[Point, ...]
    trend: Trend

    @property
    def latest(self) -> Point:
        """The newest value."""
        return self.points[-1]

    @property
    def name(self) -> str:
        """What was measured."""
        return self.latest.name

    @property
    def code(self) -> str:
        """The analyte's code."""
        return self.latest.analyte.code

    @property
    def is_one_unit(self) -> bool:
        """Whether all values stand in one unit, so that it need not stand at each."""
        return len({point.result.unit for point in self.points}) == 1


def results_of(case: Case) -> list[LabResult]:
    """Every laboratory value of a case, oldest first, in one query."""
    rows = LabResult.objects.filter(case=case).select_related("entered_by")
    return list(rows.order_by("taken_on", "entered_at", "id"))


def series_of(
    results: Iterable[LabResult], *, on: datetime.date | None = None
) -> dict[tuple[str, str], Series]:
    """Values by analyte, in the order of the catalogue; another one has a series for each name.

    Args:
        results: oldest first.
        on: values that were taken later are left out.
    """
    analytes = catalogue().analytes
    points = [
        Point(row, analytes[row.analyte]) for row in results if on is None or row.taken_on <= on
    ]
    order = {code: number for number, code in enumerate(analytes)}
    # The sort is stable: within a series the order of time stays.
    points.sort(key=lambda point: (order[point.analyte.code], point.key))
    grouped = itertools.groupby(points, key=lambda point: point.key)
    found = {key: tuple(members) for key, members in grouped}
    return {key: Series(members, trend_of(members)) for key, members in found.items()}


def one(series: dict[tuple[str, str], Series], code: str) -> Series | None:
    """The series of one analyte of the catalogue; None where it was not measured."""
    return series.get((code, ""))
