"""The newest reported study of a case beside the one before it."""

from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from cases.models import Study
from cases.selectors.imaging import Imaging
from cases.selectors.lesion_words import RESPONSES, mm_words, percent_words
from cases.selectors.lesions import LesionRecord, StudyReading
from cases.selectors.study_names import study_name
from guidance.calculators.course_reading import Category
from tumorboard.formats import day

#: Studies without a result that are named; of more only the count is given [INT].
WAITING = 3
NO_RESULT, NOT_PERFORMED = "No result yet", "Ordered, not performed yet"


@dataclass(frozen=True)
class ComparedStudy:
    """One study in words.

    `sum_mm` is the sum of target diameters by RECIST 1.1, `change` what it is to the smallest and
    the first of its course, `response` the category; all three are empty where none is computed.
    """

    id: UUID
    date: str
    name: str
    outcome: str
    summary: str
    sum_mm: str = ""
    change: str = ""
    response: str = ""


@dataclass(frozen=True)
class ComparedImaging:
    """The newest two studies with a result, and those after them that have none yet.

    `waiting` names the newest of those, `more_waiting` counts the others. `percent` is the change
    of the sum from the previous to the current study, empty where one of them has no sum or
    another course began between them.
    """

    current: ComparedStudy | None
    previous: ComparedStudy | None
    waiting: tuple[ComparedStudy, ...]
    more_waiting: int
    percent: str
    earlier_count: int

    @property
    def columns(self) -> list[tuple[str, ComparedStudy]]:
        """The studies that there are, each under its heading."""
        named = (("Current", self.current), ("Previous", self.previous))
        return [(heading, study) for heading, study in named if study is not None]

    @property
    def is_same_study(self) -> bool:
        """Whether both have one name, which then need not stand twice."""
        both = (self.current, self.previous)
        return None not in both and len({study.name for study in both if study}) == 1

    @property
    def has_sums(self) -> bool:
        """Whether lesions were measured on one of them."""
        return any(study.sum_mm or study.response for _, study in self.columns)


def compare(imaging: Imaging, lesions: LesionRecord, *, edition_version: str) -> ComparedImaging:
    """The studies of one case side by side; no query."""
    readings = {reading.study.pk: reading for reading in lesions.readings}
    reported = [study for study in imaging.newest_first if study.pk in imaging.results]
    waiting = list(takewhile(lambda one: one.pk not in imaging.results, imaging.newest_first))

    def shown(study: Study | None) -> ComparedStudy | None:
        if study is None:
            return None
        return _shown(study, imaging, readings.get(study.pk), edition_version)

    current, previous = (*reported[:2], None, None)[:2]
    return ComparedImaging(
        current=shown(current),
        previous=shown(previous),
        waiting=tuple(
            _shown(study, imaging, readings.get(study.pk), edition_version)
            for study in waiting[:WAITING]
        ),
        more_waiting=len(waiting[WAITING:]),
        percent=_percent(current, previous, readings),
        earlier_count=max(len(reported) - 2, 0),
    )


def _shown(
    study: Study, imaging: Imaging, reading: StudyReading | None, edition_version: str
) -> ComparedStudy:
    result = imaging.results.get(study.pk)
    without = NO_RESULT if study.performed_on else NOT_PERFORMED
    recist = reading.visit.recist if reading else None
    return ComparedStudy(
        id=study.pk,
        date=day(study.date),
        name=study_name(study, edition_version=edition_version),
        outcome=str(result.get_outcome_display()) if result else without,
        summary=result.summary if result else "",
        sum_mm=mm_words(recist.sum_mm) if recist else "",
        change=_change(recist) if recist else "",
        response=RESPONSES[recist.response] if recist and recist.response else "",
    )


def _change(category: Category) -> str:
    found = (
        ("smallest", category.from_nadir_percent),
        ("baseline", category.from_baseline_percent),
    )
    return ", ".join(f"{percent_words(to)} from {name}" for name, to in found if to is not None)


def _percent(
    current: Study | None, previous: Study | None, readings: dict[UUID, StudyReading]
) -> str:
    """Only sums of one course are compared: another one has other targets."""
    if current is None or previous is None:
        return ""
    now, before = readings.get(current.pk), readings.get(previous.pk)
    if now is None or before is None:
        return ""
    if before.course is now.course:
        earlier = before.visit
    elif now.baseline == before.study and before.starts is not None:
        earlier = before.starts
    else:
        return ""
    old, new = earlier.recist.sum_mm, now.visit.recist.sum_mm
    if not old or new is None:
        return ""
    return percent_words(100 * (new - old) / old)
