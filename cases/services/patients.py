"""Writing patients."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Patient
from cases.models.patient import search_key
from cases.services.assessments import changed
from cases.services.checks import check
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

OLDEST_AGE = 120


@transaction.atomic
def add(
    *,
    record_number: str,
    family_name: str = "",
    given_name: str = "",
    birth_date: datetime.date | None = None,
    sex: str = "",
    by: User,
) -> Patient:
    """Add a patient.

    Args:
        sex: female, male, unspecified, or empty where it is unknown.

    Raises:
        Invalid: a field cannot be accepted, or the record number is taken.
    """
    patient = Patient(
        record_number=record_number.strip(),
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        birth_date=birth_date,
        sex=sex,
    )
    _check(patient)
    patient.save()
    record(action="patient.added", subject=patient, by=by)
    return patient


@transaction.atomic
def change(*, patient: Patient, by: User, **fields: Any) -> Patient:
    """Change fields of a patient, and assess the patient's cases anew.

    Raises:
        Invalid: a field cannot be accepted, or the record number is taken.
    """
    for name, value in fields.items():
        setattr(patient, name, value.strip() if isinstance(value, str) else value)
    _check(patient)
    patient.save()
    record(action="patient.changed", subject=patient, by=by)
    for case in Case.objects.select_for_update().filter(patient=patient):
        changed(case=case)
    return patient


def _check(patient: Patient) -> None:
    check(patient)
    errors: dict[str, list[str]] = {}
    same = Patient.objects.filter(record_key=search_key(patient.record_number))
    if same.exclude(pk=patient.pk).exists():
        errors["record_number"] = ["A patient with this record number is already there."]
    today = timezone.localdate()
    if patient.birth_date and patient.birth_date > today:
        errors["birth_date"] = ["The date of birth lies in the future."]
    elif (patient.age_on(today) or 0) > OLDEST_AGE:
        errors["birth_date"] = [f"The date of birth is more than {OLDEST_AGE} years ago."]
    if errors:
        raise Invalid(errors)
