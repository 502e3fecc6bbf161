"""Rows of the record that facts come from, in words for a reader."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.db.models import Model

from cases.models import (
    Allergy,
    Device,
    LabResult,
    Lesion,
    Measurement,
    Procedure,
    Specimen,
    Treatment,
)
from cases.selectors.analytes import catalogue
from cases.selectors.lab_points import digits
from cases.selectors.treatments import treatment_dates
from tumorboard.formats import day


class Source(NamedTuple):
    """A kind of row: its model, what is read with it, and what one row is called."""

    model: type[Model]
    words: Callable[[Any], str]
    related: tuple[str, ...] = ()


def _treatment(row: Treatment) -> str:
    return f"{row.get_type_display()}, {treatment_dates(row)}"


def _specimen(row: Specimen) -> str:
    return f"{row.get_kind_display()}, {row.get_site_display().lower()}, {day(row.taken_on)}"


def _procedure(row: Procedure) -> str:
    return f"{row.get_kind_display()}, {day(row.done_on) if row.done_on else 'date unknown'}"


def _lab_result(row: LabResult) -> str:
    name = catalogue().analytes[row.analyte].name
    return f"{name} {row.comparator}{digits(row.value)} {row.unit}, {day(row.taken_on)}"


def _lesion(row: Lesion) -> str:
    return f"{row.label}, {row.get_site_display().lower()}"


def _measurement(row: Measurement) -> str:
    return f"{row.lesion.label} on the study of {day(row.study.date)}"


def _device(row: Device) -> str:
    return row.get_kind_display()


def _allergy(row: Allergy) -> str:
    return f"Reaction to {row.get_substance_display().lower()}"


#: The keys under which provenance names rows.
SOURCES: Mapping[str, Source] = {
    "treatments": Source(Treatment, _treatment),
    "specimens": Source(Specimen, _specimen),
    "procedures": Source(Procedure, _procedure),
    "lab_results": Source(LabResult, _lab_result),
    "lesions": Source(Lesion, _lesion),
    "measurements": Source(Measurement, _measurement, ("lesion", "study")),
    "devices": Source(Device, _device),
    "allergies": Source(Allergy, _allergy),
}
