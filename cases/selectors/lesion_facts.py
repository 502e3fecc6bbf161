"""What the lesions of a case say of the facts of the data dictionary (13.D, 13.J).

A fact is said only where the record really supports it: liver metastases are counted only where
a person said that every one is recorded, and nothing is read across a change of baseline.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cases.models import Lesion, Measurement, Study
from cases.models.lesion import MeasurementState, Site
from cases.models.result import Change
from cases.selectors.known import Known
from cases.selectors.lesions import LesionRecord, StudyReading
from guidance.calculators.choi import ATTENUATION_PERCENT
from guidance.calculators.course import CourseVisit
from guidance.calculators.course_growth import GrowthSince
from guidance.engine.dictionary import DICTIONARY
from tumorboard.formats import day

#: What the response of the targets alone means for their size, by the limits of RECIST 1.1 [BS].
SIZE_CHANGE = {
    "PD": Change.INCREASE,
    "SD": Change.STABLE,
    "PR": Change.DECREASE,
    "CR": Change.DECREASE,
}
#: States in which a lesion is not there as one of its own.
ABSENT = (MeasurementState.VANISHED, MeasurementState.MERGED)

Facts = Iterator[tuple[str, Known]]


def lesion_facts(record: LesionRecord, *, current: Study | None) -> Facts:
    """Facts 39 to 41, 104 to 106 and 115 to 120, as far as the lesions say them.

    Args:
        record: the lesions of the case.
        current: the newest study of the case; what belongs to the result in play is said only
            where its lesions are recorded.
    """
    readings = record.readings
    if not readings:
        return
    yield from _targets(record, readings[-1])
    yield from _growth(record, readings)
    yield from _liver(record)
    last = readings[-1]
    if current is not None and last.study.pk == current.pk and not last.visit.is_baseline:
        yield from _comparison(record, last)


def _targets(record: LesionRecord, last: StudyReading) -> Facts:
    """The targets as they were at the baseline in force, each by the size that counts."""
    baseline = last.starts or last.course.visits[0]
    study = _study(record, baseline.study)
    rows = [
        (lesion, size.mm)
        for lesion in record.lesions
        if (size := baseline.sizes.get(str(lesion.pk))) and size.mm
    ]
    targets = [
        {
            "organ": "lymph nodes" if lesion.is_node else lesion.get_site_display().lower(),
            "longest_diameter_mm": mm,
            "date": _date(study).isoformat(),
        }
        for lesion, mm in rows
    ]
    if targets:
        shown = {"study": str(study.pk), "lesions": [str(lesion.pk) for lesion, _ in rows]}
        origin = f"From the target lesions on {day(_date(study))}"
        yield "target_lesions", Known(targets, "lesions.targets", origin, shown)


def _growth(record: LesionRecord, readings: Sequence[StudyReading]) -> Facts:
    """The two newest sums of one course and what lies between; the engine reckons from them."""
    last = readings[-1]
    if last.starts is not None or last.visit.growth is None:
        return
    growth: GrowthSince = last.visit.growth
    if growth.sum_mm_t0 <= 0:
        return
    earlier, later = _study(record, growth.study), last.study
    origin = f"From the sums of diameters on {day(_date(earlier))} and {day(_date(later))}"
    shown = {"studies": [str(earlier.pk), str(later.pk)]}
    said: dict[str, Any] = {
        "recist_sum_mm_t0": growth.sum_mm_t0,
        "recist_sum_mm_t1": growth.sum_mm_t1,
        "interval_days": growth.interval_days,
        "treatment_between_measurements": growth.treated,
    }
    for name, value in said.items():
        if value is not None:
            yield name, Known(value, f"lesions.{name}", origin, shown)


def _comparison(record: LesionRecord, last: StudyReading) -> Facts:
    """What the newest study shows beside the baseline."""
    visit = last.visit
    sheet = record.sheets.get(last.study.pk)
    said = {
        "new_lesions": True
        if visit.new_lesion_keys
        else (sheet.new_lesions if sheet is not None else None),
        "size_change": SIZE_CHANGE.get(visit.recist.targets or ""),
        "attenuation_or_enhancement_change": _density_change(visit),
    }
    rows = record.on(last.study)
    origin = f"From the lesions measured on {day(_date(last.study))}"
    shown = {
        "study": str(last.study.pk),
        "measurements": [str(row.pk) for row in rows],
    }
    for name, value in said.items():
        if value is not None:
            code = value if isinstance(value, bool) else str(value)
            yield name, Known(code, f"lesions.{name}", origin, shown)


def _density_change(visit: CourseVisit) -> str | None:
    """The direction of attenuation and enhancement since baseline, by the limits of Choi and
    mRECIST [BS]; None where neither is known or the two disagree."""
    found = set()
    attenuation = visit.choi.attenuation_percent
    if attenuation is not None:
        found.add(_direction(attenuation))
    enhancement = SIZE_CHANGE.get(visit.mrecist.targets or "")
    if enhancement is not None:
        found.add(enhancement)
    return found.pop() if len(found) == 1 else None


def _direction(percent: float) -> Change:
    if percent <= -ATTENUATION_PERCENT:
        return Change.DECREASE
    return Change.INCREASE if percent >= ATTENUATION_PERCENT else Change.STABLE


def _liver(record: LesionRecord) -> Facts:
    """Liver metastases on the newest study of the liver, if every one is recorded there."""
    lesions = [lesion for lesion in record.lesions if lesion.site == Site.LIVER]
    study = next(
        (s for s in reversed(record.studies) if any(record.of(one, s) for one in lesions)), None
    )
    sheet = record.sheets.get(study.pk) if study else None
    if study is None or sheet is None or not sheet.every_liver_lesion:
        return
    followed = [one for one in lesions if not _is_replaced(one, lesions, record, study)]
    rows = [row for one in followed if (row := record.of(one, study))]
    unknown = any(row.state == MeasurementState.NOT_EVALUABLE for row in rows)
    if unknown or any(_is_lost(one, record, study) for one in followed):
        return
    there = [row for row in rows if row.state not in ABSENT]
    origin = f"From the liver metastases on {day(_date(study))}, every one recorded"
    shown = {"study": str(study.pk), "measurements": [str(row.pk) for row in there]}
    entered = max([sheet.entered_at, *(row.entered_at for row in rows)])
    sizes = [float(row.longest_mm) for row in there if row.longest_mm is not None]
    said: dict[str, float] = {"liver_met_count": len(there)}
    small = [row for row in there if row.longest_mm is None]
    if sizes and all(row.state == MeasurementState.TOO_SMALL for row in small):
        said["liver_met_largest_mm"] = max(sizes)
    if sizes and not small:
        said["liver_met_sum_diam_mm"] = round(sum(sizes), 1)
    for name, value in said.items():
        high = DICTIONARY[name].high
        if high is None or value <= high:
            yield name, Known(value, f"lesions.{name}", origin, shown, entered)


def _is_replaced(
    lesion: Lesion, lesions: Sequence[Lesion], record: LesionRecord, study: Study
) -> bool:
    """Whether fragments stand for the lesion on the study."""
    fragments = [one for one in lesions if one.split_from_id == lesion.pk]
    return record.of(lesion, study) is None and any(record.of(one, study) for one in fragments)


def _is_lost(lesion: Lesion, record: LesionRecord, study: Study) -> bool:
    """Whether the lesion was there when last recorded and nobody says that it is on the study."""
    if record.of(lesion, study) is not None:
        return False
    earlier = [s for s in record.studies if _date(s) < _date(study)]
    rows: list[Measurement] = [row for s in earlier if (row := record.of(lesion, s))]
    return bool(rows) and rows[-1].state not in ABSENT


def _study(record: LesionRecord, key: str) -> Study:
    return next(study for study in record.studies if str(study.pk) == key)


def _date(study: Study) -> Any:
    return study.performed_on
