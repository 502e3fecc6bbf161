"""Cells of the grid of measurements: which columns and states fit a study and a lesion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from cases.models import Lesion, Measurement, Study
from cases.models.lesion import LesionRole, MeasurementState
from cases.models.study import Modality
from cases.selectors.body_map import Place
from cases.selectors.lesions import has_arterial_phase
from cases.selectors.offered_measurements import OfferedMeasurement

#: What the grid asks of each lesion, and how its column is headed.
COLUMNS = {
    "longest_mm": "Longest, mm",
    "short_mm": "Short axis, mm",
    "enhancing_mm": "Enhancing, mm",
    "attenuation_hu": "HU",
    "suvmax": "SUVmax",
    "adc": "ADC, 10⁻³ mm²/s",
}
ALWAYS = ("longest_mm", "short_mm")
BY_MODALITY: Mapping[str, tuple[str, ...]] = {
    Modality.CT: ("enhancing_mm", "attenuation_hu"),
    Modality.MRI: ("enhancing_mm", "adc"),
    Modality.CEUS: ("enhancing_mm",),
    Modality.PET_SSTR: ("suvmax",),
    Modality.PET_FDG: ("suvmax",),
    Modality.PET_FDOPA: ("suvmax",),
}
SIZES = ("longest_mm", "short_mm", "enhancing_mm")
NOT_RECORDED = [("", "By its size")]


@dataclass(frozen=True)
class Row:
    """One line of the grid: its lesion, None for a new one, and the prefix of its fields."""

    lesion: Lesion | None
    prefix: str
    stored: Measurement | None = None
    before: str = ""
    fields: list[forms.BoundField] = field(default_factory=list)
    head: list[forms.BoundField] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The place of the lesion on the body map, in words."""
        return Place(self.lesion.site, self.lesion.location).words if self.lesion else ""


def place_offers(
    offered: Sequence[OfferedMeasurement], rows: Sequence[Row], new: Sequence[Row]
) -> dict[str, OfferedMeasurement]:
    """What a report offers by the row that it belongs to: by the lesion's name, else a new one."""
    named = {row.lesion.label.casefold(): row.prefix for row in rows if row.lesion}
    free = iter([row.prefix for row in new])
    placed: dict[str, OfferedMeasurement] = {}
    for offer in offered:
        prefix = named.pop(offer.tracking_id.casefold(), None) or next(free, None)
        if prefix is not None and offer.values:
            placed[prefix] = offer
    return placed


def columns_of(study: Study, stored: Any) -> Iterator[str]:
    """The columns that fit the modality, and those that hold something already."""
    held = list(stored)
    for name in COLUMNS:
        fits = name in (*ALWAYS, *BY_MODALITY.get(study.modality, ()))
        if name == "enhancing_mm" and has_arterial_phase(study) is False:
            fits = False
        if fits or any(getattr(row, name) is not None for row in held):
            yield name


def sheet_names_of(study: Study, *, is_first: bool) -> Iterator[str]:
    if not is_first:
        yield "new_lesions"
        if study.modality == Modality.CT:
            yield "growing_nodules"
    yield "every_liver_lesion"
    if not is_first:
        yield "baseline"


def states_of(row: Row, *, is_first: bool) -> Iterator[tuple[str, str]]:
    """What can have been seen of a lesion; "measured" is said by its size."""
    lesion = row.lesion
    for code, label in MeasurementState.choices:
        if row.stored is not None and code == row.stored.state != MeasurementState.MEASURED:
            yield code, str(label)
            continue
        if code == MeasurementState.MEASURED:
            continue
        if code == MeasurementState.MERGED and (lesion is None or not lesion.merged_into_id):
            continue
        if code == MeasurementState.VANISHED and (lesion is None or is_first):
            continue
        may_progress = lesion is not None and lesion.role == LesionRole.NON_TARGET
        if code == MeasurementState.PROGRESSION and not may_progress:
            continue
        yield code, str(label)


def initial_cells(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    if row.stored is None:
        return {}
    state = row.stored.state
    said = {f"{row.prefix}_{name}": getattr(row.stored, name) for name in columns}
    said[f"{row.prefix}_state"] = "" if state == MeasurementState.MEASURED else state
    return said
