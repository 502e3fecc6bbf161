"""Reading the lesions of cases with their measurements, and the course that they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from cases.models import (
    Case,
    FactAnswer,
    Lesion,
    LesionSheet,
    Measurement,
    Result,
    Study,
    Treatment,
)
from cases.models.lesion import LesionRole
from cases.models.study import Phase
from cases.selectors.treatments import was_treated
from guidance.calculators.course import Course, CourseVisit, assess_course
from guidance.calculators.course_sizes import CourseLesion, CourseStudy, Reading, Sizes
from guidance.calculators.targets import Target

ARTERIAL = frozenset({Phase.EARLY_ARTERIAL, Phase.LATE_ARTERIAL, Phase.PANCREATIC})


@dataclass
class LesionRecord:
    """The lesions of one case, and the performed studies on which something is said of them.

    Studies are oldest first and come without their reports. `none_given`: a person said that
    there was no treatment.
    """

    case_id: UUID
    lesions: list[Lesion] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    measurements: dict[tuple[UUID, UUID], Measurement] = field(default_factory=dict)
    sheets: dict[UUID, LesionSheet] = field(default_factory=dict)
    results: dict[UUID, Result] = field(default_factory=dict)
    treatments: list[Treatment] = field(default_factory=list)
    none_given: bool = False

    @cached_property
    def readings(self) -> list["StudyReading"]:
        """Every study with its place in its course; see `readings_of`."""
        return readings_of(self)

    @property
    def labels(self) -> dict[str, str]:
        """What each lesion is called, by its key in a course."""
        return {str(lesion.pk): lesion.label for lesion in self.lesions}

    def of(self, lesion: Lesion, study: Study) -> Measurement | None:
        """The lesion on that study."""
        return self.measurements.get((lesion.pk, study.pk))

    def on(self, study: Study) -> list[Measurement]:
        """Everything that is said of lesions on that study, in the order of the lesions."""
        found = [self.of(lesion, study) for lesion in self.lesions]
        return [row for row in found if row is not None]


@dataclass(frozen=True)
class StudyReading:
    """One study in the courses of a case.

    `visit` is its reading in `course`, which began at the study `baseline`. A study may end one
    course and begin the next: then `starts` is its reading there.
    """

    study: Study
    visit: CourseVisit
    course: Course
    baseline: Study
    starts: CourseVisit | None = None


def lesions_of(case: Case) -> LesionRecord:
    """The lesions of a case, in seven queries at most."""
    return lesions_of_each([case.pk])[case.pk]


def lesions_of_each(case_ids: Sequence[UUID]) -> dict[UUID, LesionRecord]:
    """The lesions of many cases, by the case's id, in seven queries at most."""
    records = {case_id: LesionRecord(case_id) for case_id in case_ids}
    _read_lesions(records)
    for treatment in Treatment.objects.filter(case__in=case_ids):
        records[treatment.case_id].treatments.append(treatment)
    nothing = FactAnswer.objects.filter(case__in=case_ids, fact="treatments", value=[])
    for case_id in nothing.values_list("case_id", flat=True):
        records[case_id].none_given = not records[case_id].treatments
    return records


def lesions_beside(
    case: Case, *, treatments: Sequence[Treatment], none_given: bool
) -> LesionRecord:
    """The same for a case of which the rest has been read, in five queries at most.

    Args:
        treatments: those of the case.
        none_given: whether a person said that there was none.
    """
    record = LesionRecord(
        case.pk, treatments=list(treatments), none_given=none_given and not treatments
    )
    _read_lesions({case.pk: record})
    return record


def _read_lesions(records: Mapping[UUID, LesionRecord]) -> None:
    """Read what is said of lesions on which studies into `records`, which are by case."""
    case_ids = list(records)
    told: set[UUID] = set()
    measured = set()
    for lesion in Lesion.objects.filter(case__in=case_ids).order_by("created_at", "id"):
        records[lesion.case_id].lesions.append(lesion)
        measured.add(lesion.case_id)
    for row in Measurement.objects.filter(case__in=measured).select_related("entered_by"):
        records[row.case_id].measurements[row.lesion_id, row.study_id] = row
        told.add(row.study_id)
    for sheet in LesionSheet.objects.filter(case__in=case_ids):
        records[sheet.case_id].sheets[sheet.study_id] = sheet
        told.add(sheet.study_id)
    studies = Study.objects.filter(pk__in=told, performed_on__isnull=False).defer("report")
    for study in sorted(studies, key=_when):
        records[study.case_id].studies.append(study)
    for result in Result.objects.filter(study__in=told):
        records[result.case_id].results[result.study_id] = result


def _when(study: Study) -> tuple[Any, ...]:
    return (study.performed_on, study.created_at, study.pk)


def readings_of(record: LesionRecord) -> list[StudyReading]:
    """Every study with its place in its course; a new course begins at each chosen baseline.

    What was new before a later baseline is no longer new in the course that begins there, and a
    target that is too small there is no target of it [INT].
    """
    rows: dict[UUID, dict[str, Reading]] = {}
    for row in record.measurements.values():
        rows.setdefault(row.study_id, {})[str(row.lesion_id)] = _as_reading(row)
    made = [_as_study(record, study, rows.get(study.pk, {})) for study in record.studies]
    starts = [
        number
        for number, study in enumerate(record.studies)
        if number and study.pk in record.sheets and record.sheets[study.pk].baseline
    ]
    lesions = [_as_lesion(lesion) for lesion in record.lesions]
    readings: dict[UUID, StudyReading] = {}
    if not made:
        return []
    for number, start in enumerate((0, *starts)):
        end = starts[number] + 1 if number < len(starts) else len(made)
        part = made[start:end]
        course = assess_course(
            _again(lesions, made, start) if number else lesions,
            part,
            baseline=part[0].key if number else None,
            treated=partial(_treated, record),
            hemorrhage=_hemorrhage(record, part),
        )
        _place(record, course, readings)
    return [readings[study.pk] for study in record.studies if study.pk in readings]


def _place(record: LesionRecord, course: Course, readings: dict[UUID, StudyReading]) -> None:
    """Put the visits of a course beside what earlier courses said of the same studies."""
    studies = {str(study.pk): study for study in record.studies}
    first = studies[course.visits[0].study]
    for visit in course.visits:
        study = studies[visit.study]
        before = readings.get(study.pk)
        if visit.is_baseline and before is not None and not before.visit.is_baseline:
            readings[study.pk] = replace(before, starts=visit)
        else:
            readings[study.pk] = StudyReading(study, visit, course, first)


def _treated(record: LesionRecord, first: date, last: date) -> bool | None:
    return was_treated(record.treatments, first=first, last=last, none_given=record.none_given)


def _hemorrhage(record: LesionRecord, part: Sequence[CourseStudy]) -> bool | None:
    """Whether any of these studies shows bleeding inside a tumor: fact 108."""
    keys = {study.key for study in part}
    said = [
        result.intratumoral_haemorrhage
        for study_id, result in record.results.items()
        if str(study_id) in keys
    ]
    return True if True in said else None


def _again(
    lesions: Sequence[CourseLesion], made: Sequence[CourseStudy], start: int
) -> list[CourseLesion]:
    """The lesions as a course that begins at the study `start` counts them."""
    sizes = Sizes(lesions, made)
    counted = []
    for lesion in lesions:
        role = lesion.role
        seen = [sizes.is_present(lesion, number) for number in range(start + 1)]
        size = sizes.size(lesion, start)
        if role == LesionRole.NEW and any(seen):
            role = "non_target" if seen[-1] is not False else "new"
        elif role == LesionRole.TARGET and size.mm is not None and size.parts == 0:
            if size.mm == 0 and not size.merged:
                role = "new"
            elif not Target(lesion.organ, size.mm, lesion.is_node).is_measurable:
                role = "non_target"
        counted.append(replace(lesion, role=role))
    return counted


def _as_lesion(lesion: Lesion) -> CourseLesion:
    return CourseLesion(
        key=str(lesion.pk),
        organ=lesion.site,
        role=lesion.role,  # type: ignore[arg-type]
        is_node=lesion.is_node,
        split_from=str(lesion.split_from_id) if lesion.split_from_id else None,
        merged_into=str(lesion.merged_into_id) if lesion.merged_into_id else None,
    )


def _as_study(record: LesionRecord, study: Study, readings: dict[str, Reading]) -> CourseStudy:
    sheet, result = record.sheets.get(study.pk), record.results.get(study.pk)
    new = sheet.new_lesions if sheet else None
    if new is None and result is not None:
        new = result.new_lesions
    return CourseStudy(
        key=str(study.pk),
        examined_on=study.performed_on,  # type: ignore[arg-type]  # only performed ones are read
        modality=study.modality,
        readings=readings,
        new_lesions=new,
        growing_nodules=sheet.growing_nodules if sheet else None,
        arterial_phase=has_arterial_phase(study),
    )


def _as_reading(row: Measurement) -> Reading:
    return Reading(
        state=row.state,  # type: ignore[arg-type]
        longest_mm=_number(row.longest_mm),
        short_mm=_number(row.short_mm),
        enhancing_mm=_number(row.enhancing_mm),
        attenuation_hu=_number(row.attenuation_hu),
    )


def has_arterial_phase(study: Study) -> bool | None:
    """Whether the study has an arterial phase; None where nobody noted its phases."""
    return None if study.phases is None else not ARTERIAL.isdisjoint(study.phases)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
