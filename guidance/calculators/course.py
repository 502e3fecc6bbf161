"""Response over a course of lesions, study by study (specification 9.1, 9.2).

RECIST 1.1, mRECIST and Choi stand side by side, each where it can be computed, else with the
reason why not. The limits of all three are beyond the sources [BS]: Eisenhauer 2009, Lencioni
and Llovet 2010, Choi 2007. Sizes follow `course_sizes`, growth `course_growth`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from guidance.calculators import course_choi, course_growth
from guidance.calculators.course_growth import GrowthSince, Treated
from guidance.calculators.course_reading import (
    Category,
    Reason,
    SeriesReading,
    read_series,
)
from guidance.calculators.course_record import Record
from guidance.calculators.course_sizes import CourseLesion, CourseStudy, Size, Sizes
from guidance.calculators.response import MRECIST, RECIST, BestResponse, NonTargets


@dataclass(frozen=True, slots=True)
class CourseVisit:
    """What one study of a course shows.

    `sizes` and `enhancing` are by the key of each target. `growth` is since the last study
    before with a sum, `growth_from_baseline` since baseline. `modality_changed` names the
    modality of the baseline where this study's is another.
    """

    study: str
    examined_on: date
    is_baseline: bool
    sizes: dict[str, Size]
    enhancing: dict[str, Size]
    new_lesions: bool | None
    new_lesion_keys: tuple[str, ...]
    non_targets: NonTargets
    recist: Category
    mrecist: Category
    choi: Category
    modality_changed: str = ""
    growth: GrowthSince | None = None
    growth_from_baseline: GrowthSince | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course from its baseline on; `faults` say why a system cannot be computed.

    `left_out` names targets that are not in the sum of a system. `caveats` are rule ids and
    W-codes by system. `best_recist` and `best_mrecist` are None where there is no category.
    """

    visits: tuple[CourseVisit, ...]
    targets: tuple[str, ...]
    best_recist: BestResponse | None
    best_mrecist: BestResponse | None
    recist_faults: tuple[Reason, ...] = ()
    mrecist_faults: tuple[Reason, ...] = ()
    choi_faults: tuple[Reason, ...] = ()
    recist_left_out: tuple[Reason, ...] = ()
    mrecist_left_out: tuple[Reason, ...] = ()
    caveats: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beyond_sources: bool = True


def assess_course(
    lesions: Sequence[CourseLesion],
    studies: Sequence[CourseStudy],
    *,
    baseline: str | None = None,
    treated: Treated | None = None,
    hemorrhage: bool | None = None,
) -> Course:
    """Return the response at every study from the baseline on.

    The baseline is the study of that key, else the first with a size of a target, else the
    first. Of two studies on one day only the first one is read. Studies before the baseline
    are left out. Unknown gives "NE", never a better category. `treated` says whether a
    treatment was given between two days (fact 120); `hemorrhage` is fact 108.
    Raises `ValueError` for sizes that are impossible and for a baseline that is not there.
    """
    ordered = sorted(studies, key=lambda study: study.examined_on)
    start = _start(lesions, ordered, baseline)
    followed = ordered[start:]
    if not followed:
        return Course((), (), None, None)
    record = Record(lesions, followed)
    recist = read_series(record, RECIST, "size", hemorrhage=hemorrhage)
    mrecist = read_series(record, MRECIST, "enhancing", hemorrhage=hemorrhage)
    choi, choi_faults = course_choi.read_choi(record, recist, hemorrhage=hemorrhage)
    visits = tuple(
        CourseVisit(
            study=study.key,
            examined_on=study.examined_on,
            is_baseline=number == 0,
            sizes=record.sizes_at(number, "size"),
            enhancing=record.sizes_at(number, "enhancing"),
            new_lesions=record.new_lesions(number) if number else None,
            new_lesion_keys=record.new_lesion_keys(number),
            non_targets=record.non_targets(number),
            recist=recist.categories[number],
            mrecist=mrecist.categories[number],
            choi=choi[number],
            modality_changed=record.modality_changed(number),
            growth=_growth(record, recist, number, treated, from_start=False),
            growth_from_baseline=_growth(record, recist, number, treated, from_start=True),
        )
        for number, study in enumerate(followed)
    )
    return Course(
        visits=visits,
        targets=tuple(target.key for target in record.targets),
        best_recist=recist.best,
        best_mrecist=mrecist.best,
        recist_faults=recist.faults,
        mrecist_faults=mrecist.faults,
        choi_faults=choi_faults,
        recist_left_out=recist.left_out,
        mrecist_left_out=mrecist.left_out,
        caveats={
            "recist": recist.caveats,
            "mrecist": mrecist.caveats,
            "choi": course_choi.caveats(hemorrhage),
        },
    )


def _start(
    lesions: Sequence[CourseLesion], ordered: Sequence[CourseStudy], baseline: str | None
) -> int:
    if baseline is not None:
        keys = [study.key for study in ordered]
        if baseline not in keys:
            raise ValueError(f"no study {baseline!r} in this course")
        return keys.index(baseline)
    sizes = Sizes(lesions, ordered)
    targets = [lesion for lesion in lesions if lesion.role == "target"]
    for number in range(len(ordered)):
        if any(sizes.size(target, number).mm for target in targets):
            return number
    return 0


def _growth(
    record: Record,
    recist: SeriesReading,
    number: int,
    treated: Treated | None,
    *,
    from_start: bool,
) -> GrowthSince | None:
    """Return growth since the last earlier study with a sum, or since the baseline."""
    after = recist.categories[number].sum_mm
    if after is None or number == 0:
        return None
    sums = [(at, recist.categories[at].sum_mm) for at in range(1 if from_start else number)]
    # The baseline has a sum wherever a later study has one.
    position, before = [(at, known) for at, known in sums if known is not None][-1]
    earlier, later = record.studies[position], record.studies[number]
    return course_growth.grow(
        since=earlier.key,
        earlier=earlier.examined_on,
        later=later.examined_on,
        sum_mm_t0=before,
        sum_mm_t1=after,
        treated=treated,
    )
