"""What the laboratory says of the facts of the data dictionary (specification 13.C).

Pure: the values are read before. A fact is said only where the record supports it: a marker
that does not rise reassures only while it is fresh, a rise stands until a newer value.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cases.models import LabResult
from cases.selectors.analytes import catalogue, hormone_of
from cases.selectors.known import Known
from cases.selectors.lab_points import HIGH, WITHIN, Point
from cases.selectors.lab_results import Series, one, series_of
from cases.selectors.lab_trend import RISING
from guidance.engine.dictionary import DICTIONARY
from tumorboard.formats import day

CHROMOGRANIN_A, GASTRIN, ALP = "chromogranin_a", "gastrin", "alp"
#: The unit of the 1000 that the source prints without one (004 Table 2) [BS].
GASTRIN_UNIT = "pg/mL"
OTHER_HORMONE = "other"


def lab_facts(
    results: Iterable[LabResult], *, on: datetime.date, subtype: str = ""
) -> Iterator[tuple[str, Known]]:
    """Facts 24, 25, 28, 30 and 32 as far as the laboratory says them.

    Args:
        results: the laboratory values of the case, oldest first.
        on: the day of the assessment.
        subtype: the functioning subtype, fact 19, whose hormone is fact 25's; empty if unknown.
    """
    series = series_of(results, on=on)
    yield from _trend("cga_trend", one(series, CHROMOGRANIN_A), on)
    hormone = hormone_of(subtype)
    if hormone is not None:
        yield from _trend("hormone_marker_trend", one(series, hormone.code), on)
    yield from _alp(one(series, ALP), on)
    yield from _gastrin(one(series, GASTRIN))
    yield from _hormones(series.values())


def _trend(fact: str, series: Series | None, on: datetime.date) -> Iterator[tuple[str, Known]]:
    """The trend of a marker (001 L54), by the product's rule."""
    if series is None or not series.trend.word:
        return
    trend = series.trend
    if trend.word == RISING or _is_fresh(series.latest, on):
        origin = f"Computed from the laboratory: {series.name} {trend.words}"
        yield fact, _known(trend.word, f"lab.{fact}", origin, trend.points)


def _alp(series: Series | None, on: datetime.date) -> Iterator[tuple[str, Known]]:
    """Alkaline phosphatase above its own upper limit (002 L88)."""
    if series is None:
        return
    latest = series.latest
    is_high = latest.standing == HIGH
    is_not = latest.standing == WITHIN and latest.result.upper_limit is not None
    if is_high or (is_not and _is_fresh(latest, on)):
        yield "alp_elevated", _known(is_high, "lab.alp_elevated", _origin(latest), [latest])


def _gastrin(series: Series | None) -> Iterator[tuple[str, Known]]:
    """The newest gastrin, where it is measured in the unit that the limit is usually read in."""
    if series is None:
        return
    latest = series.latest
    factor = latest.analyte.factor(latest.result.unit, GASTRIN_UNIT)
    if factor is not None and not latest.result.comparator:
        value = _number(latest.result.value * factor)
        yield "gastrin_value", _known(value, "lab.gastrin_value", _origin(latest), [latest])


def _hormones(found: Iterable[Series]) -> Iterator[tuple[str, Known]]:
    """The newest value of each hormone (004 Table 2); gastrin has a fact of its own."""
    wanted = [s.latest for s in found if s.latest.analyte.hormone and s.code != GASTRIN]
    if wanted:
        newest = day(max(point.result.taken_on for point in wanted))
        origin = f"The newest value of each hormone, last on {newest}"
        records = [_record(point) for point in wanted]
        yield (
            "hormone_lab_results",
            _known(records, "lab.hormone_lab_results", origin, wanted),
        )


def _record(point: Point) -> dict[str, Any]:
    listed = point.analyte.code in HORMONES
    flags = [
        "" if listed else point.name,
        "beyond detection" if point.result.comparator else "",
        point.standing_words,
        point.multiple_words,
    ]
    record = {
        "analyte": point.analyte.code if listed else OTHER_HORMONE,
        "value": _number(point.result.value),
        "unit": point.result.unit,
        "flag": ", ".join(flag for flag in flags if flag),
    }
    return {name: value for name, value in record.items() if value != ""}


#: The hormones that the data dictionary knows by name.
HORMONES = DICTIONARY["hormone_lab_results"].fields[0].allowed


def _origin(point: Point) -> str:
    said = f"{point.name} {point.words} on {day(point.result.taken_on)}"
    return f"{said}, {point.multiple_words}" if point.multiple_words else said


def _known(value: Any, rule: str, origin: str, points: Sequence[Point]) -> Known:
    ids = [str(point.result.id) for point in points]
    entered = max(point.result.entered_at for point in points)
    return Known(value, rule, origin, {"lab_results": list(dict.fromkeys(ids))}, entered)


def _is_fresh(point: Point, on: datetime.date) -> bool:
    return point.weeks_old(on) < catalogue().trend.fresh_weeks


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)
