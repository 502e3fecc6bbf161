"""Reading a course by a size-based system: RECIST 1.1 or mRECIST (specification 9.1) [BS]."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guidance.calculators.course_record import Record
from guidance.calculators.course_sizes import CourseLesion, Measure, Size
from guidance.calculators.response import (
    BestResponse,
    Criteria,
    Response,
    SeriesResponse,
    Visit,
    VisitResponse,
    add_bleeding,
    assess_series,
)
from guidance.calculators.targets import TOO_SMALL, Target, check_targets

# Why there is no category, or what a category rests on.
BASELINE = "baseline"
SAME_DAY = "same_day"
NO_TARGETS = "no_targets"
NO_BASELINE_SIZE = "no_baseline_size"
NO_ARTERIAL_PHASE = "no_arterial_phase"
NO_BASELINE_ENHANCING = "no_baseline_enhancing"
NEW_LESION = "new_lesion"
NEW_LESIONS_UNKNOWN = "new_lesions_unknown"
NON_TARGET_PROGRESSION = "non_target_progression"
SUM_ROSE = "sum_rose"
REAPPEARED = "reappeared"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a category is what it is, or why there is none; `lesions` are keys."""

    code: str
    lesions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """The category of one study by one system; `response` is None where it has none.

    "NE" is a study that cannot be evaluated in a course that can be. Sums are in mm, changes
    in percent.
    """

    response: Response | None
    why: tuple[Reason, ...] = ()
    sum_mm: float | None = None
    nadir_mm: float | None = None
    from_baseline_percent: float | None = None
    from_nadir_percent: float | None = None
    targets: Response | None = None
    attenuation_percent: float | None = None


@dataclass(frozen=True, slots=True)
class SeriesReading:
    """The categories of all studies; `faults` say why there are none.

    `left_out` names the targets that are not in the sum.
    """

    categories: tuple[Category, ...]
    best: BestResponse | None
    faults: tuple[Reason, ...]
    left_out: tuple[Reason, ...]
    caveats: tuple[str, ...]


def read_series(
    record: Record, criteria: Criteria, measure: Measure, *, hemorrhage: bool | None
) -> SeriesReading:
    """Return the categories of all studies by one system."""
    caveats = add_bleeding(criteria.caveats, hemorrhage)
    targets, left_out = _select(record, measure)
    faults = _faults(record, measure, targets, left_out)
    if faults:
        blank = tuple(Category(None, faults) for _ in record.studies)
        return SeriesReading(blank, None, faults, left_out, caveats)
    numbers = [n for n in range(1, len(record.studies)) if record.is_counted(n)]
    series = assess_series(
        criteria,
        targets=[_target(record, lesion, measure) for lesion in targets],
        baseline_on=record.studies[0].examined_on,
        visits=[_visit(record, n, targets, measure) for n in numbers],
        hemorrhage=hemorrhage,
    )
    rated = dict(zip(numbers, series.visits, strict=True))
    reader = _Reader(record, criteria, measure, targets)
    categories = [_first(series, targets)]
    for number in range(1, len(record.studies)):
        visit = rated.get(number)
        categories.append(
            Category(None, (Reason(SAME_DAY),)) if visit is None else reader.rate(number, visit)
        )
    return SeriesReading(tuple(categories), series.best, (), left_out, caveats)


def _select(record: Record, measure: Measure) -> tuple[list[CourseLesion], tuple[Reason, ...]]:
    """Return the targets that have a size at baseline, and which are left out of the sum.

    For mRECIST the part that enhances must itself be measurable at baseline [BS].
    """
    taken: list[CourseLesion] = []
    unknown: list[str] = []
    for lesion in record.targets:
        size_mm = record.sizes.size(lesion, 0, measure).mm
        if size_mm is None or (
            measure == "enhancing" and not _target(record, lesion, measure).is_measurable
        ):
            unknown.append(lesion.key)
        else:
            taken.append(lesion)
    if measure == "size":
        return taken, (Reason(NO_BASELINE_SIZE, tuple(unknown)),) if unknown else ()
    if all(lesion.is_node for lesion in taken):
        # Nodes count by their short axis, and alone say nothing of what enhances.
        unknown, taken = [lesion.key for lesion in record.targets], []
    return taken, (Reason(NO_BASELINE_ENHANCING, tuple(unknown)),) if unknown else ()


def _faults(
    record: Record,
    measure: Measure,
    targets: Sequence[CourseLesion],
    left_out: tuple[Reason, ...],
) -> tuple[Reason, ...]:
    """Return why the system cannot be computed at all: RSP-01 and what is missing at baseline."""
    if measure == "enhancing" and record.studies[0].arterial_phase is False:
        return (Reason(NO_ARTERIAL_PHASE),)
    if not targets and (left_out or measure == "enhancing"):
        return left_out or (Reason(NO_TARGETS),)
    check = check_targets([_target(record, lesion, measure) for lesion in targets])
    small = tuple(targets[position].key for position in check.too_small)
    return tuple(Reason(code, small if code == TOO_SMALL else ()) for code in check.faults)


def _target(record: Record, lesion: CourseLesion, measure: Measure) -> Target:
    size_mm = record.sizes.size(lesion, 0, measure).mm
    return Target(lesion.organ, size_mm or 0.0, lesion.is_node)


def _visit(record: Record, number: int, targets: Sequence[CourseLesion], measure: Measure) -> Visit:
    study = record.studies[number]
    return Visit(
        examined_on=study.examined_on,
        diameters_mm=tuple(_seen(record, number, lesion, measure).mm for lesion in targets),
        new_lesions=record.new_lesions(number),
        non_targets=record.non_targets(number),
        reappeared=bool(record.reappeared(number)),
    )


def _seen(record: Record, number: int, lesion: CourseLesion, measure: Measure) -> Size:
    """Return the size; without an arterial phase nothing is known of what enhances in it."""
    if (
        measure == "enhancing"
        and not lesion.is_node
        and record.studies[number].arterial_phase is False
    ):
        return Size(None, NO_ARTERIAL_PHASE)
    return record.sizes.size(lesion, number, measure)


def _first(series: SeriesResponse, targets: Sequence[CourseLesion]) -> Category:
    total = series.baseline_sum_mm if targets else None
    return Category(None, (Reason(BASELINE),), sum_mm=total)


@dataclass(frozen=True, slots=True)
class _Reader:
    record: Record
    criteria: Criteria
    measure: Measure
    targets: Sequence[CourseLesion]

    def rate(self, number: int, visit: VisitResponse) -> Category:
        """Return the category of a study with what it rests on."""
        has_targets = bool(self.targets)
        return Category(
            response=visit.overall,
            why=tuple(self._why(number, visit)),
            sum_mm=visit.sum_mm if has_targets else None,
            nadir_mm=visit.nadir_mm if has_targets else None,
            from_baseline_percent=visit.change_from_baseline_percent,
            from_nadir_percent=visit.change_from_nadir_percent,
            targets=visit.targets if has_targets else None,
        )

    def _why(self, number: int, visit: VisitResponse) -> Iterator[Reason]:
        record = self.record
        if visit.overall == "PD":
            if record.new_lesions(number):
                yield Reason(NEW_LESION, record.new_lesion_keys(number))
            if record.non_targets(number) == "PD":
                yield Reason(NON_TARGET_PROGRESSION, record.progressing(number))
            if visit.targets == "PD":
                yield Reason(SUM_ROSE if self._has_risen(visit) else REAPPEARED)
            elif record.reappeared(number):
                yield Reason(REAPPEARED, record.reappeared(number))
        if visit.overall != "NE":
            return
        if not self.targets:
            yield Reason(NO_TARGETS)
        missing: dict[str, list[str]] = {}
        for lesion in self.targets:
            size = _seen(record, number, lesion, self.measure)
            if size.mm is None:
                missing.setdefault(size.why, []).append(lesion.key)
        for code, keys in missing.items():
            yield Reason(code, tuple(keys))
        if record.new_lesions(number) is None:
            yield Reason(NEW_LESIONS_UNKNOWN)

    def _has_risen(self, visit: VisitResponse) -> bool:
        """Return whether the sum rose by the limits; else a lesion is back after none was left."""
        if visit.sum_mm is None:
            return True
        change = visit.change_from_nadir_percent
        return (
            change is not None
            and change >= self.criteria.rise_percent
            and visit.sum_mm - visit.nadir_mm >= self.criteria.rise_min_mm
        )
