"""What stands in the way of an examination: devices, allergies, renal function.

Nothing is derived for renal impairment and for gadolinium: the sources give no limit of eGFR,
no class of agent and no word on allergy to gadolinium (specification 15, topic 11; A-07), so a
person answers, with the newest values and the reactions beside the question.
"""

import datetime
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.models import Allergy, Device, LabResult, Patient
from cases.models.feasibility import DeviceKind, MriSafety, ReactionSeverity, Substance
from cases.selectors.known import Known
from cases.selectors.lab_points import Point
from cases.selectors.lab_results import one, series_of
from guidance.engine import content
from tumorboard.formats import day

FILE = Path(__file__).with_name("feasibility.yaml")

#: What is shown for renal function, the one that is asked for first.
KIDNEY = ("egfr", "creatinine")
NEVER = datetime.date.min
PACEMAKER, INCOMPATIBLE = "pacemaker", "incompatible_device"


@dataclass(frozen=True)
class KidneyValue:
    """The newest value of renal function, with its age on one day."""

    point: Point
    weeks: int
    is_old: bool


@functools.cache
def words() -> Any:
    """The product's words and number on what the sources leave open, from `feasibility.yaml`."""
    return content.parse_yaml(FILE.read_text(encoding="utf-8"))


def devices_of(patient: Patient) -> list[Device]:
    """The patient's devices: in place first, then by date."""
    rows = Device.objects.filter(patient=patient).select_related("entered_by")
    return sorted(rows, key=lambda row: (bool(row.removed_on), row.implanted_on or NEVER, row.id))


def allergies_of(patient: Patient) -> list[Allergy]:
    """The patient's reactions: those that hold first, then by date."""
    rows = Allergy.objects.filter(patient=patient).select_related("entered_by")
    return sorted(rows, key=lambda row: (bool(row.refuted_on), row.occurred_on or NEVER, row.id))


def feasibility_facts(
    devices: Sequence[Device], allergies: Sequence[Allergy], *, on: datetime.date
) -> Iterator[tuple[str, Known]]:
    """Facts 67, 68 and 71, where the record leaves no doubt.

    They go before any answer until the record is corrected: to go on as if a device were not
    there is the dangerous side.
    """
    yield from _mri([device for device in devices if _is_unsafe(device, on)])
    severe = [row for row in allergies if is_severe(row, Substance.IODINATED_CONTRAST, on)]
    if severe:
        origin = "; ".join(_reaction(row) for row in severe)
        ids = {"allergies": [str(row.id) for row in severe]}
        fact = "iodinated_contrast_severe_allergy"
        yield fact, Known(True, "allergies.severe", origin, ids)


def _mri(unsafe: Sequence[Device]) -> Iterator[tuple[str, Known]]:
    """An MR unsafe device that is in place (000 L80; 002 L41)."""
    if not unsafe:
        return
    names = ", ".join(device.get_kind_display() for device in unsafe)
    origin = f"In place and MR unsafe: {names}"
    ids = {"devices": [str(device.id) for device in unsafe]}
    yield "mri_contraindicated", Known(True, "devices.unsafe", origin, ids)
    paced = any(device.kind == DeviceKind.PACEMAKER for device in unsafe)
    reason = PACEMAKER if paced else INCOMPATIBLE
    yield "mri_contraindication_reason", Known(reason, "devices.unsafe", origin, ids)


def is_severe(allergy: Allergy, substance: str, on: datetime.date) -> bool:
    """Whether a severe reaction to the substance stands on a day; a milder one is not (A-28)."""
    holds = allergy.refuted_on is None or allergy.refuted_on > on
    is_asked = allergy.substance == substance
    return is_asked and holds and allergy.severity == ReactionSeverity.SEVERE


def kidney_of(results: Iterable[LabResult], *, on: datetime.date) -> list[KidneyValue]:
    """The newest eGFR and creatinine of those known on `on`, as far as there are any."""
    series = series_of((row for row in results if row.analyte in KIDNEY), on=on)
    latest = [found.latest for code in KIDNEY if (found := one(series, code)) is not None]
    old_from = words()["kidney"]["old_weeks"]
    return [
        KidneyValue(point, weeks=point.weeks_old(on), is_old=point.weeks_old(on) >= old_from)
        for point in latest
    ]


def _is_unsafe(device: Device, on: datetime.date) -> bool:
    is_in = device.removed_on is None or device.removed_on > on
    return is_in and device.mri_safety == MriSafety.UNSAFE


def _reaction(allergy: Allergy) -> str:
    when = f" on {day(allergy.occurred_on)}" if allergy.occurred_on else ", date unknown"
    said = f"Severe reaction to {allergy.get_substance_display().lower()}{when}"
    return f"{said}: {allergy.reaction}" if allergy.reaction else said
