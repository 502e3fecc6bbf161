"""Readings as rows that are never saved, so that the record's own rules read them too."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from cases.models import Case, FactAnswer, LabResult, Procedure, Result, Specimen, Study, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.readings.reading import Kind, Reading
from cases.selectors.facts import Record
from cases.selectors.imaging import START, Imaging

#: What a row must have before a rule can read it.
NEEDED: Mapping[type[Model], tuple[str, ...]] = {
    Specimen: ("taken_on", "kind", "site"),
    LabResult: ("analyte", "value", "unit", "taken_on"),
    Treatment: ("type",),
    Procedure: ("kind",),
    Study: ("modality", "performed_on"),
    Result: ("outcome",),
}
SOURCE = "the ordering system"


def with_readings(record: Record, readings: Iterable[Reading], *, draft: Study | None) -> Record:
    """The record with what a message says beside it; nothing is written.

    Of a study, a specimen, a laboratory value or a treatment that both have, the record's row
    stands. Of a fact, what is newer.

    Args:
        draft: the order under review, which is then the newest study.
    """
    given = list(readings)
    case = record.case
    history = record.history
    treatments = [
        *history.treatments,
        *_new(history.treatments, _rows(Treatment, Kind.TREATMENT, given, case), "type", "start"),
    ]
    procedures = [
        *history.procedures,
        *_new(history.procedures, _rows(Procedure, Kind.PROCEDURE, given, case), "kind", "done_on"),
    ]
    values = _rows(LabResult, Kind.LAB_RESULT, given, case)
    lab_results = [
        *record.lab_results,
        *_new(record.lab_results, values, "analyte", "taken_on"),
    ]
    specimens = [
        *record.specimens,
        *_new(record.specimens, _specimens(given, case), "taken_on", "site"),
    ]
    return dataclasses.replace(
        record,
        answers=_answers(record, given),
        imaging=_imaging(record.imaging, given, case, draft),
        history=dataclasses.replace(history, treatments=treatments, procedures=procedures),
        lab_results=sorted(lab_results, key=lambda row: row.taken_on),
        specimens=sorted(specimens, key=lambda row: (row.taken_on, row.id)),
    )


def facts_in(readings: Iterable[Reading]) -> list[tuple[str, Any, datetime.date | None, bool]]:
    """Every fact that is said: its name, value, day, and whether it adds to a list."""
    found: list[tuple[str, Any, datetime.date | None, bool]] = []
    for reading in readings:
        if reading.kind is Kind.FACT:
            value = reading.values["value"]
            found.append((reading.values["fact"], value, reading.on, reading.adds))
        elif reading.kind is Kind.DIAGNOSIS:
            found += [(n, v, reading.on, False) for n, v in reading.values["facts"].items()]
    return [one for one in found if one[1] != UNKNOWN]


def _answers(record: Record, readings: list[Reading]) -> dict[str, FactAnswer]:
    answers = dict(record.answers)
    for name, value, on, adds in sorted(facts_in(readings), key=lambda one: one[2] or START):
        known = answers.get(name)
        said = value
        if known is not None and known.value != UNKNOWN:
            if adds and isinstance(known.value, list):
                said = [*known.value, *(item for item in value if item not in known.value)]
            elif on is None or on < known.answered_at.date():
                continue
        answers[name] = FactAnswer(
            case=record.case, fact=name, value=said, source=SOURCE, answered_at=_moment(on)
        )
    return answers


def _imaging(imaging: Imaging, readings: list[Reading], case: Case, draft: Study | None) -> Imaging:
    studies = [*imaging.earlier, *([imaging.current] if imaging.current else [])]
    results = dict(imaging.results)
    by_name: dict[str, Study] = {}
    for reading in readings:
        if reading.kind is not Kind.STUDY:
            continue
        study = _row(Study, reading, case)
        if study is None:
            continue
        there = next((row for row in studies if _is_same(row, study)), None)
        if there is None:
            studies.append(study)
        for name in (reading.origin, study.accession_number):
            by_name[name] = there or study
    for reading in readings:
        study = by_name.get(reading.belongs_to) if reading.kind is Kind.RESULT else None
        result = _row(Result, reading, case) if study is not None else None
        if study is not None and result is not None:
            result.study = study
            results.setdefault(study.id, result)
    ordered = sorted(studies, key=lambda row: (row.date or START, row.created_at, row.id))
    if draft is not None:
        return Imaging(current=draft, earlier=ordered, results=results)
    current = ordered[-1] if ordered else None
    return Imaging(current=current, earlier=ordered[:-1], results=results)


def _is_same(one: Study, other: Study) -> bool:
    for name in ("study_uid", "accession_number"):
        if getattr(one, name) and getattr(one, name) == getattr(other, name):
            return True
    return (one.modality, one.performed_on) == (other.modality, other.performed_on)


def _specimens(readings: list[Reading], case: Case) -> list[Specimen]:
    """Specimens, each with what other resources say of it."""
    said: dict[str, dict[str, Any]] = {}
    days: dict[str, datetime.date | None] = {}
    for reading in readings:
        if reading.kind is Kind.SPECIMEN:
            name = reading.belongs_to or reading.origin
            said[name] = {**reading.values, **said.get(name, {})}
            days[name] = days.get(name) or reading.on
    found = (_made(Specimen, values, days[name], case) for name, values in said.items())
    return [row for row in found if row is not None]


def _rows(model: type[Any], kind: Kind, readings: list[Reading], case: Case) -> list[Any]:
    found = (_row(model, reading, case) for reading in readings if reading.kind is kind)
    return [row for row in found if row is not None]


def _row(model: type[Any], reading: Reading, case: Case) -> Any:
    return _made(model, reading.values, reading.on, case)


def _made(model: type[Any], values: Mapping[str, Any], on: datetime.date | None, case: Case) -> Any:
    """A row with the columns that it has; None where one is missing that rules need."""
    columns = {field.name for field in model._meta.fields}
    known = {name: value for name, value in values.items() if name in columns}
    if any(known.get(name) in (None, "") for name in NEEDED[model]):
        return None
    if "entered_at" in columns:
        known["entered_at"] = _moment(on)
    return model(case=case, **known)


def _new(there: Iterable[Any], rows: Iterable[Any], *names: str) -> list[Any]:
    """Those that are not there already, by these columns."""
    known = {tuple(getattr(row, name) for name in names) for row in there}
    return [row for row in rows if tuple(getattr(row, name) for name in names) not in known]


def _moment(on: datetime.date | None) -> datetime.datetime:
    return datetime.datetime.combine(on or START, datetime.time(12), datetime.UTC)
