"""The story of a case in dated events: what was given, done, seen, measured and decided."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import (
    Case,
    Decision,
    LabResult,
    Procedure,
    Rereading,
    Result,
    Specimen,
    Study,
    Treatment,
)
from cases.models.procedure import REMOVABLE
from cases.models.rereading import Agreement
from cases.selectors.lab_results import series_of
from cases.selectors.lesions import LesionRecord, lesions_of_each
from cases.selectors.specimen_grades import grading
from cases.selectors.study_lines import AGREED_EARLIER, agreement_now
from cases.selectors.study_names import study_name
from cases.selectors.timeline_events import (
    Band,
    DiameterSum,
    MarkerValue,
    Point,
    Row,
    StudyPoint,
    Timeline,
)
from cases.selectors.treatments import SINGLE
from cases.selectors.words import grade_words
from guidance.editions import policies
from guidance.engine.values import number_words

#: Panels of the laboratory that tell of the tumor.
MARKER_PANELS = ("markers", "hormones")

#: What a timeline reads beside the lesions, one query each.
MODELS = (Treatment, Procedure, Specimen, Study, Result, Rereading, Decision, LabResult)


def timeline_of(case: Case, *, on: datetime.date | None = None) -> Timeline:
    """The timeline of one assessed case up to the day `on`, today if none is given.

    The number of queries depends on nothing.
    """
    return timelines_of([case], on=on)[case.id]


def timelines_of(
    cases: Sequence[Case],
    *,
    on: datetime.date | None = None,
    lesions: Mapping[UUID, LesionRecord] | None = None,
) -> dict[UUID, Timeline]:
    """The timelines of many cases, by the case's id, in as many queries as for one.

    Args:
        lesions: the lesions of the cases, where they were read already.
    """
    until = on or timezone.localdate()
    ids = [case.id for case in cases]
    rows: dict[UUID, dict[Any, list[Any]]] = {id_: defaultdict(list) for id_ in ids}
    for model in MODELS:
        for row in model._default_manager.filter(case__in=ids):
            rows[row.case_id][model].append(row)
    if lesions is None:
        lesions = lesions_of_each(ids)
    who = policies.current().who_version
    return {case.id: _timeline(case, rows[case.id], lesions[case.id], until, who) for case in cases}


def _timeline(
    case: Case, rows: dict[Any, list[Any]], lesions: LesionRecord, until: datetime.date, who: str
) -> Timeline:
    return Timeline(
        until=until,
        bands=(*map(_treatment, rows[Treatment]), *map(_procedure, rows[Procedure])),
        studies=tuple(_studies(case, rows)),
        points=(*(_specimen(row, who) for row in rows[Specimen]), *_decisions(rows[Decision])),
        sums=tuple(_sums(lesions)),
        markers=tuple(_markers(rows[LabResult])),
    )


def _treatment(row: Treatment) -> Band:
    name = str(row.get_type_display())
    if row.agent:
        name += f" ({row.agent})"
    line = f"Line {row.line}: " if row.line else ""
    best = f", best {row.best_response}" if row.best_response else ""
    end = row.end
    if end is None and not row.ongoing and row.type in SINGLE:
        end = row.start
    return Band(
        row=Row.TREATMENT,
        label=f"{line}{name}{best}",
        name=name,
        start=row.start,
        end=end,
        is_ongoing=bool(row.ongoing) and end is None,
        details=tuple(_of_treatment(row)),
    )


def _of_treatment(row: Treatment) -> Iterator[str]:
    if row.line:
        yield f"line {row.line}"
    if row.intent:
        yield f"intent: {row.get_intent_display().lower()}"
    if row.target:
        yield f"aimed at: {row.target}"
    if row.cycles:
        yield f"{row.cycles} {'cycle' if row.cycles == 1 else 'cycles'}"
    if row.activity_gbq is not None:
        yield f"{number_words(float(row.activity_gbq))} GBq"
    if row.margin:
        yield f"margin {row.get_margin_display()}"
    if row.best_response:
        yield f"best response: {row.get_best_response_display().lower()}"
    if row.stop_reason:
        yield f"stopped: {row.get_stop_reason_display().lower()}"


def _procedure(row: Procedure) -> Band:
    name = str(row.get_kind_display())
    stays = row.kind in REMOVABLE and row.removed_on is None
    return Band(
        row=Row.PROCEDURE,
        label=name,
        name=name,
        start=row.done_on,
        end=row.removed_on or (None if stays else row.done_on),
        is_ongoing=stays,
        details=("not recorded as removed",) if stays else (),
    )


def _specimen(row: Specimen, who: str) -> Point:
    kind = str(row.get_kind_display())
    found = list(_found_in(row, who))
    return Point(
        row=Row.SPECIMEN,
        date=row.taken_on,
        label=", ".join(found) or kind,
        name=f"{kind}, {row.get_site_display().lower()}",
        details=(*found, *_reported_otherwise(row, who)),
    )


def _found_in(row: Specimen, who: str) -> Iterator[str]:
    """The grade by the institution's WHO edition, as everywhere; else as it was reported."""
    in_force = grading(row, by=who).grade
    if in_force:
        yield grade_words(in_force, who)
    elif row.grade:
        yield grade_words(row.grade, row.who_version or None)
    if row.ki67_percent is not None:
        yield f"Ki-67 {number_words(float(row.ki67_percent))} %"


def _reported_otherwise(row: Specimen, who: str) -> Iterator[str]:
    """The grade of the report, where what stands before it is by another edition."""
    if row.grade and row.who_version not in ("", who) and grading(row, by=who).grade:
        yield f"reported as {grade_words(row.grade, row.who_version)}"


def _studies(case: Case, rows: dict[Any, list[Any]]) -> Iterator[StudyPoint]:
    results: dict[UUID, Result] = {row.study_id: row for row in rows[Result]}
    again: dict[UUID, list[Rereading]] = defaultdict(list)
    for rereading in rows[Rereading]:
        again[rereading.study_id].append(rereading)
    version = case.assessment.edition_version  # type: ignore[union-attr]
    for study in rows[Study]:
        result = results.get(study.id)
        yield StudyPoint(
            date=study.date,
            modality=study.modality,
            name=study_name(study, edition_version=version),
            outcome=result.outcome if result else "",
            is_performed=study.performed_on is not None,
            details=tuple(_reread(row, result) for row in again[study.id]),
        )


def _reread(row: Rereading, result: Result | None) -> str:
    agreement = str(row.get_agreement_display()).lower()
    now = agreement_now(row, result)
    if now == Agreement.AGREE:
        return "the board's reading agrees"
    if now == AGREED_EARLIER:
        agreement = "agreed with an earlier result"
    return f"the board's reading: {row.get_outcome_display().lower()} ({agreement})"


def _decisions(rows: Iterable[Decision]) -> Iterator[Point]:
    """What was signed first on each agenda item: an amendment is no further sitting."""
    first: dict[UUID, Decision] = {}
    for row in sorted(rows, key=lambda row: row.version):
        first.setdefault(row.agenda_item_id, row)
    for row in first.values():
        question = (row.question,) if row.question else ()
        day = timezone.localdate(row.signed_at)
        yield Point(Row.DECISION, day, "", "Signed decision", details=question)


def _sums(record: LesionRecord) -> Iterator[DiameterSum]:
    """The sum of diameters by RECIST 1.1 of each study that has one.

    Where a new course begins, its baseline has a second sum, of the targets from then on.
    """
    course = 0
    for reading in record.readings:
        for visit in filter(None, (reading.visit, reading.starts)):
            course += visit.is_baseline and visit is reading.starts
            if visit.recist.sum_mm is not None:
                response = visit.recist.response
                details = (f"RECIST 1.1: {response}",) if response else ()
                yield DiameterSum(visit.examined_on, visit.recist.sum_mm, course, details)


def _markers(rows: Iterable[LabResult]) -> Iterator[MarkerValue]:
    """Markers and hormones whose upper limit is known."""
    oldest_first = sorted(rows, key=lambda row: (row.taken_on, row.entered_at, row.id))
    for series in series_of(oldest_first).values():
        for point in series.points:
            multiple = point.multiple
            if multiple is not None and point.analyte.panel in MARKER_PANELS:
                yield MarkerValue(
                    date=point.result.taken_on,
                    marker=point.name,
                    multiple=float(multiple),
                    value=f"{point.words}, {point.multiple_words}",
                    comparator=point.result.comparator,
                )
