"""The patient whom an EHR shows, as this institution knows them."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from cases.models import Case, Patient
from cases.models.patient_token import record_token


class Known(NamedTuple):
    """What is here of whom the EHR shows, as far as the person may see it."""

    patients: list[Patient]
    #: Of all of them, newest first.
    cases: list[Case]
    #: Whether the EHR gives another date of birth than stands here: numbers may be mixed up.
    is_other_birth_date: bool


def known(*, record_numbers: Iterable[str], birth_date: datetime.date | None) -> Known:
    """Patients by their record numbers, in whatever case these are typed, and their cases.

    Args:
        record_numbers: the EHR's numbers for one patient.
        birth_date: as the EHR has it; None where it does not say.
    """
    tokens = [record_token(number) for number in record_numbers]
    patients = list(Patient.objects.filter(record_blind__in=tokens).order_by("pk"))
    cases = Case.objects.filter(patient__in=patients).select_related("patient")
    here = {patient.birth_date for patient in patients} - {None}
    return Known(
        patients=patients,
        cases=list(cases.order_by("-opened_at", "pk")),
        is_other_birth_date=birth_date is not None and bool(here - {birth_date}),
    )
