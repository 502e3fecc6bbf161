"""Reading a course by Choi: size and attenuation in CT, against baseline (9.1, RSP-05) [BS]."""

from collections.abc import Iterator
from math import fsum

from guidance.calculators.change import DECIMALS
from guidance.calculators.choi import CAVEATS, Density, assess_choi
from guidance.calculators.course_reading import (
    BASELINE,
    NEW_LESIONS_UNKNOWN,
    SAME_DAY,
    Category,
    Reason,
    SeriesReading,
)
from guidance.calculators.course_record import Record
from guidance.calculators.course_sizes import CourseLesion
from guidance.calculators.response import add_bleeding

CT = "CT"
NO_CT = "not_by_ct"
BASELINE_NO_CT = "baseline_not_by_ct"
NO_ATTENUATION = "no_attenuation"
NO_BASELINE_ATTENUATION = "no_baseline_attenuation"
NODULES_UNKNOWN = "nodules_unknown"
NO_SUM = "no_sum"


def caveats(hemorrhage: bool | None) -> tuple[str, ...]:
    """Return the caveats of Choi, with that of bleeding where there is any [003 L714-L721]."""
    return add_bleeding(CAVEATS, hemorrhage)


def read_choi(
    record: Record, recist: SeriesReading, *, hemorrhage: bool | None
) -> tuple[tuple[Category, ...], tuple[Reason, ...]]:
    """Return the category of every study, and why there is none for the whole course.

    The attenuation is the mean of the targets that have one on both studies; every target that
    is still there must have it.
    """
    faults = _faults(record, recist)
    if faults:
        return tuple(Category(None, faults) for _ in record.studies), faults
    targets = [t for t in record.targets if record.sizes.size(t, 0).mm is not None]
    categories = [Category(None, (Reason(BASELINE),), sum_mm=recist.categories[0].sum_mm)]
    for number in range(1, len(record.studies)):
        study = record.studies[number]
        if not record.is_counted(number):
            categories.append(Category(None, (Reason(SAME_DAY),)))
        elif study.modality != CT:
            categories.append(Category(None, (Reason(NO_CT),)))
        else:
            categories.append(_rate(record, recist, number, targets, hemorrhage))
    return tuple(categories), ()


def _faults(record: Record, recist: SeriesReading) -> tuple[Reason, ...]:
    if recist.faults:
        return recist.faults
    if record.studies[0].modality != CT:
        return (Reason(BASELINE_NO_CT),)
    if not any(_attenuation(record, 0, target) is not None for target in record.targets):
        return (Reason(NO_BASELINE_ATTENUATION),)
    return ()


def _rate(
    record: Record,
    recist: SeriesReading,
    number: int,
    targets: list[CourseLesion],
    hemorrhage: bool | None,
) -> Category:
    study = record.studies[number]
    before_hu, after_hu, lacking = _means(record, number, targets)
    total = recist.categories[number].sum_mm
    got = assess_choi(
        baseline=Density(recist.categories[0].sum_mm, before_hu),
        current=Density(total, after_hu),
        new_lesions=record.new_lesions(number),
        growing_nodules=study.growing_nodules,
        hemorrhage=hemorrhage,
    )
    why: tuple[Reason, ...] = ()
    if got.response == "NE":
        why = tuple(_unknown(record, number, total, lacking))
    return Category(
        got.response,
        why,
        sum_mm=total,
        from_baseline_percent=got.size_change_percent,
        attenuation_percent=got.attenuation_change_percent,
    )


def _unknown(
    record: Record, number: int, total: float | None, lacking: tuple[str, ...]
) -> Iterator[Reason]:
    if record.new_lesions(number) is None:
        yield Reason(NEW_LESIONS_UNKNOWN)
    if record.studies[number].growing_nodules is None:
        yield Reason(NODULES_UNKNOWN)
    if total is None:
        yield Reason(NO_SUM)
    if lacking:
        yield Reason(NO_ATTENUATION, lacking)


def _means(
    record: Record, number: int, targets: list[CourseLesion]
) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Return both mean attenuations in HU, over the targets still there, and who lacks one."""
    before: list[float] = []
    after: list[float] = []
    lacking: list[str] = []
    for target in targets:
        size = record.sizes.size(target, number)
        if size.mm == 0:
            continue
        old, new = _attenuation(record, 0, target), _attenuation(record, number, target)
        if old is None or new is None:
            lacking.append(target.key)
        else:
            before.append(old)
            after.append(new)
    if lacking or not before:
        return None, None, tuple(lacking)
    return _mean(before), _mean(after), ()


def _attenuation(record: Record, number: int, target: CourseLesion) -> float | None:
    """Return the attenuation of a target in HU, the mean of its fragments where it split."""
    readings = record.studies[number].readings
    found = [
        readings[part.key].attenuation_hu if part.key in readings else None
        for part in record.sizes.parts(target, number)
    ]
    known = [hu for hu in found if hu is not None]
    return _mean(known) if known and len(known) == len(found) else None


def _mean(values: list[float]) -> float:
    return round(fsum(values) / len(values), DECIMALS)
