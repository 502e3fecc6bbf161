"""Writing reactions to substances."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Allergy, Patient
from cases.models.feasibility import Substance
from cases.services.checks import LIFETIME_YEARS, check, date_errors, refuse_twice, stripped
from cases.services.patient_cases import lock_patient, patient_changed
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(*, patient: Patient, by: User, **fields: Any) -> Allergy:
    """Add a reaction of a patient, and assess the patient's cases anew.

    Args:
        fields: columns of `Allergy`: substance, agent, reaction, severity, occurred_on,
            refuted_on, note. What is not known is None or empty.

    Raises:
        Invalid: a field cannot be accepted, or the row is there already.
    """
    patient = lock_patient(patient)
    allergy = Allergy(patient=patient, entered_by=by, **stripped(fields))
    _check(allergy)
    refuse_twice(allergy, among=Allergy.objects.filter(patient=patient))
    allergy.save()
    record(action="patient.allergy.added", subject=patient, by=by)
    patient_changed(patient=patient)
    return allergy


@transaction.atomic
def change(*, allergy: Allergy, by: User, **fields: Any) -> Allergy:
    """Correct a reaction, or say that it was refuted; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted.
    """
    patient = lock_patient(allergy.patient)
    # Read under the lock: what others changed meanwhile in other columns stays.
    allergy = Allergy.objects.get(pk=allergy.pk)
    for name, value in stripped(fields).items():
        setattr(allergy, name, value)
    allergy.entered_by, allergy.entered_at = by, timezone.now()
    _check(allergy)
    allergy.save()
    record(action="patient.allergy.changed", subject=patient, by=by)
    patient_changed(patient=patient)
    return allergy


@transaction.atomic
def remove(*, allergy: Allergy, by: User) -> None:
    """Take back a reaction that was entered by mistake; its history stays."""
    patient = lock_patient(allergy.patient)
    allergy.delete()
    record(action="patient.allergy.removed", subject=patient, by=by)
    patient_changed(patient=patient)


def _check(allergy: Allergy) -> None:
    occurred, refuted = allergy.occurred_on, allergy.refuted_on
    errors = date_errors(
        years=LIFETIME_YEARS,
        born=allergy.patient.birth_date,
        occurred_on=occurred,
        refuted_on=refuted,
    )
    if occurred and refuted and refuted < occurred:
        errors.setdefault("refuted_on", ["It was refuted before it occurred."])
    if allergy.substance == Substance.OTHER and not allergy.agent:
        errors["agent"] = ["Say which substance it was."]
    check(allergy, also=errors)
