"""What stands in the way of an examination, of many cases at once: for a meeting's list."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cases.models import Allergy, Case, Device, LabResult
from cases.models.feasibility import ReactionSeverity
from cases.selectors.feasibility import KIDNEY, KidneyValue, kidney_of


@dataclass
class Obstacles:
    """What holds on one day: devices in place, severe reactions not refuted, renal function."""

    devices: list[Device] = field(default_factory=list)
    reactions: list[Allergy] = field(default_factory=list)
    kidney: list[KidneyValue] = field(default_factory=list)


def obstacles_of_each(cases: Sequence[Case], *, on: datetime.date) -> dict[UUID, Obstacles]:
    """The obstacles of many cases on a day, by the case's id, in three queries."""
    patients = {case.patient_id for case in cases}
    by_patient = {patient: Obstacles() for patient in patients}
    for device in Device.objects.filter(patient__in=patients).order_by("implanted_on", "id"):
        if device.removed_on is None or device.removed_on > on:
            by_patient[device.patient_id].devices.append(device)
    severe = Allergy.objects.filter(patient__in=patients, severity=ReactionSeverity.SEVERE)
    for allergy in severe.order_by("occurred_on", "id"):
        if allergy.refuted_on is None or allergy.refuted_on > on:
            by_patient[allergy.patient_id].reactions.append(allergy)
    values: dict[UUID, list[LabResult]] = {case.pk: [] for case in cases}
    rows = LabResult.objects.filter(case__in=values, analyte__in=KIDNEY)
    for row in rows.order_by("taken_on", "entered_at", "id"):
        values[row.case_id].append(row)
    return {
        case.pk: Obstacles(
            devices=by_patient[case.patient_id].devices,
            reactions=by_patient[case.patient_id].reactions,
            kidney=kidney_of(values[case.pk], on=on),
        )
        for case in cases
    }
