"""What the page of lesions shows: lesions down, studies across, categories below."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from cases.models import Lesion, Measurement, Study
from cases.models.lesion import MeasurementSource, MeasurementState
from cases.selectors.body_map import Place
from cases.selectors.lesion_words import (
    RESPONSES,
    STATES,
    SYSTEMS,
    best_words,
    mm_words,
    percent_words,
    reasons_words,
    size_note,
)
from cases.selectors.lesions import LesionRecord, StudyReading
from guidance.calculators.course import Course
from guidance.calculators.course_growth import GrowthSince
from guidance.calculators.course_reading import Category
from guidance.calculators.growth import DISCORD

GROWTH_CLASSES = {"low": "low", "high": "high", "not_low": "not low", None: ""}


def table_of(record: LesionRecord, *, studies: Sequence[Study]) -> dict[str, Any]:
    """The response table of a case over `studies`, which are among those of the record."""
    readings = {reading.study.pk: reading for reading in record.readings}
    labels = record.labels
    last = next(reversed(readings.values()), None)
    return {
        "studies": [_heading(record, study, readings.get(study.pk)) for study in studies],
        "left_out": len(record.studies) - len(studies),
        "lesions": [_line(record, lesion, studies, readings) for lesion in record.lesions],
        "sums": _sums(studies, readings),
        "categories": [
            _categories(system, name, [readings.get(study.pk) for study in studies], labels)
            for system, name in SYSTEMS.items()
        ],
        "growth": [_growth(readings.get(study.pk), record) for study in studies],
        "best": _best(last.course if last else None),
        "notes": [*_notes(last, labels), *_nodes(last, record)],
        "latest": _latest(last, labels) if last else None,
    }


def _heading(record: LesionRecord, study: Study, reading: StudyReading | None) -> dict[str, Any]:
    result = record.results.get(study.pk)
    return {
        "study": study,
        "is_baseline": reading is not None
        and (reading.visit.is_baseline or reading.starts is not None),
        "changed_from": reading.visit.modality_changed if reading else "",
        "result": result,
    }


def _line(
    record: LesionRecord,
    lesion: Lesion,
    studies: Sequence[Study],
    readings: Mapping[Any, StudyReading],
) -> dict[str, Any]:
    related = {one.pk: one.label for one in record.lesions}
    notes = [Place(lesion.site, lesion.location).words, lesion.get_role_display()]
    if lesion.split_from_id:
        notes.append(f"fragment of {related[lesion.split_from_id]}")
    if lesion.merged_into_id:
        notes.append(f"merged into {related[lesion.merged_into_id]}")
    if lesion.treated_locally:
        notes.append("treated locally")
    return {
        "lesion": lesion,
        "notes": notes,
        "cells": [
            _cell(lesion, record.of(lesion, study), readings.get(study.pk)) for study in studies
        ],
    }


def _cell(lesion: Lesion, row: Measurement | None, reading: StudyReading | None) -> dict[str, Any]:
    """One number of the table: what counts, what else was measured, and how it came about."""
    size = reading.visit.sizes.get(str(lesion.pk)) if reading else None
    note = size_note(size) if size else ""
    if row is None:
        counted = mm_words(size.mm) if size and size.parts else ""
        return {"value": counted, "notes": [note] if note else [], "is_unknown": not counted}
    counts = row.short_mm if lesion.is_node else row.longest_mm
    value = mm_words(float(counts)) if counts is not None else STATES[row.state]
    notes = list(_measured_besides(lesion, row))
    if row.state != MeasurementState.MEASURED and counts is not None:
        notes.append(STATES[row.state])
    if note and not (size and size.merged):
        notes.append(f"{note}: {mm_words(size.mm)}" if size and size.parts else note)
    if row.source == MeasurementSource.DICOM_SR:
        notes.append("from a DICOM report")
    unknown = row.state == MeasurementState.NOT_EVALUABLE
    return {"value": value, "notes": notes, "is_unknown": unknown}


def _measured_besides(lesion: Lesion, row: Measurement) -> Any:
    if lesion.is_node:
        if row.longest_mm is not None:
            yield f"longest {mm_words(float(row.longest_mm))}"
    elif row.short_mm is not None:
        yield f"short axis {mm_words(float(row.short_mm))}"
    for name, words in (("enhancing_mm", "enhancing {}"), ("attenuation_hu", "{} HU")):
        value = getattr(row, name)
        if value is not None:
            yield words.format(mm_words(float(value)))
    for name, words in (("suvmax", "SUVmax {}"), ("adc", "ADC {}")):
        value = getattr(row, name)
        if value is not None:
            yield words.format(mm_words(float(value)))


def _sums(studies: Sequence[Study], readings: Mapping[Any, StudyReading]) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {
        "Sum of targets, mm": [],
        "Smallest sum before, mm": [],
        "Change from baseline": [],
        "Change from smallest": [],
    }
    for study in studies:
        reading = readings.get(study.pk)
        category = reading.visit.recist if reading else Category(None)
        cells = (
            mm_words(category.sum_mm),
            mm_words(category.nadir_mm),
            percent_words(category.from_baseline_percent),
            percent_words(category.from_nadir_percent),
        )
        for name, cell in zip(found, cells, strict=True):
            found[name].append(cell)
    return [{"name": name, "cells": cells} for name, cells in found.items()]


def _categories(
    system: str, name: str, readings: Sequence[StudyReading | None], labels: Mapping[str, str]
) -> dict[str, Any]:
    """A row of categories; `is_computed` is false where no study shown has one."""
    cells = [_category(system, reading, labels) for reading in readings]
    return {"name": name, "cells": cells, "is_computed": any(cell["code"] for cell in cells)}


def _category(
    system: str, reading: StudyReading | None, labels: Mapping[str, str]
) -> dict[str, str]:
    if reading is None:
        return {"code": "", "words": "", "why": ""}
    category: Category = getattr(reading.visit, system)
    if getattr(reading.course, f"{system}_faults"):
        return {"code": "", "words": "", "why": "not computed"}
    code = category.response or ""
    why = reasons_words(category.why, labels)
    if system == "choi" and category.attenuation_percent is not None:
        change = f"attenuation {percent_words(category.attenuation_percent)}"
        why = f"{change}; {why}" if why else change
    if system == "mrecist" and category.sum_mm is not None:
        total = f"enhancing sum {mm_words(category.sum_mm)} mm"
        why = f"{total}; {why}" if why else total
    return {"code": code, "words": RESPONSES.get(code, ""), "why": why}


def _growth(reading: StudyReading | None, record: LesionRecord) -> dict[str, Any] | None:
    since: GrowthSince | None = reading.visit.growth if reading else None
    if since is None:
        return None
    dates = {str(study.pk): study.performed_on for study in record.studies}
    found = since.growth
    slope = found.slope_percent_per_year
    return {
        "since": dates[since.study],
        "days": since.interval_days,
        "tgr": percent_words(found.tgr_percent_per_month),
        "tgr_class": GROWTH_CLASSES[found.tgr_class],
        "slope": percent_words(slope),
        "slope_class": GROWTH_CLASSES[found.slope_class],
        "treated": since.treated,
        "discordant": DISCORD in found.flags,
        "undefined": found.reason is not None,
    }


def _best(course: Course | None) -> list[str]:
    if course is None or len(course.visits) < 2:
        return []
    best = {"recist": course.best_recist, "mrecist": course.best_mrecist}
    return [
        best_words(SYSTEMS[system], found, _progression(course, system))
        for system, found in best.items()
        if found is not None
    ]


def _progression(course: Course, system: str) -> datetime.date | None:
    """The day of the first progression by a system."""
    found = (v.examined_on for v in course.visits if getattr(v, system).response == "PD")
    return next(found, None)


def _nodes(last: StudyReading | None, record: LesionRecord) -> list[str]:
    """Nodes in the sum of enhancing parts, where they count by their short axis."""
    if last is None or last.course.mrecist_faults:
        return []
    nodes = [
        lesion.label
        for lesion in record.lesions
        if lesion.is_node and str(lesion.pk) in last.course.targets
    ]
    if not nodes:
        return []
    return [f"The sum of enhancing parts contains the short axis of nodes: {', '.join(nodes)}."]


def _notes(last: StudyReading | None, labels: Mapping[str, str]) -> list[str]:
    """Why a system is not computed in the course in force, and which targets are left out."""
    if last is None:
        return []
    course = last.course
    said = [
        ("RECIST 1.1 not computed", course.recist_faults),
        ("mRECIST not computed", course.mrecist_faults),
        ("Choi not computed", course.choi_faults),
        ("Not in the sum", () if course.recist_faults else course.recist_left_out),
        (
            "Not in the sum of enhancing parts",
            () if course.mrecist_faults else course.mrecist_left_out,
        ),
    ]
    return [f"{head}: {reasons_words(why, labels)}." for head, why in said if why]


def _latest(last: StudyReading, labels: Mapping[str, str]) -> dict[str, Any]:
    """The newest reading in words for the page of the case."""
    return {
        "study": last.study,
        "is_baseline": last.visit.is_baseline,
        "sum": mm_words(last.visit.recist.sum_mm),
        "from_baseline": percent_words(last.visit.recist.from_baseline_percent),
        "from_nadir": percent_words(last.visit.recist.from_nadir_percent),
        "nadir": mm_words(last.visit.recist.nadir_mm),
        "categories": [
            {"name": name, **_category(system, last, labels)} for system, name in SYSTEMS.items()
        ],
    }
