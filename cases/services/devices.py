"""Writing implanted devices."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Device, Patient
from cases.services.checks import LIFETIME_YEARS, check, date_errors, refuse_twice, stripped
from cases.services.patient_cases import lock_patient, patient_changed
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(*, patient: Patient, by: User, **fields: Any) -> Device:
    """Add a device of a patient, and assess the patient's cases anew.

    Args:
        fields: columns of `Device`: kind, mri_safety, implanted_on, removed_on, checked_on, note.
            What is not known is None or empty.

    Raises:
        Invalid: a field cannot be accepted, or the row is there already.
    """
    patient = lock_patient(patient)
    device = Device(patient=patient, entered_by=by, **stripped(fields))
    _check(device)
    refuse_twice(device, among=Device.objects.filter(patient=patient))
    device.save()
    record(action="patient.device.added", subject=patient, by=by)
    patient_changed(patient=patient)
    return device


@transaction.atomic
def change(*, device: Device, by: User, **fields: Any) -> Device:
    """Correct a device, or say that it was removed; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted.
    """
    patient = lock_patient(device.patient)
    # Read under the lock: what others changed meanwhile in other columns stays.
    device = Device.objects.get(pk=device.pk)
    for name, value in stripped(fields).items():
        setattr(device, name, value)
    device.entered_by, device.entered_at = by, timezone.now()
    _check(device)
    device.save()
    record(action="patient.device.changed", subject=patient, by=by)
    patient_changed(patient=patient)
    return device


@transaction.atomic
def remove(*, device: Device, by: User) -> None:
    """Take back a device that was entered by mistake; its history stays."""
    patient = lock_patient(device.patient)
    device.delete()
    record(action="patient.device.removed", subject=patient, by=by)
    patient_changed(patient=patient)


def _check(device: Device) -> None:
    implanted, removed, checked = device.implanted_on, device.removed_on, device.checked_on
    errors = date_errors(
        years=LIFETIME_YEARS,
        born=device.patient.birth_date,
        implanted_on=implanted,
        removed_on=removed,
        checked_on=checked,
    )
    if implanted and removed and removed < implanted:
        errors.setdefault("removed_on", ["It was removed before it was implanted."])
    check(device, also=errors)
