"""Writing patients."""

import datetime
import re
import unicodedata
from typing import Any

from django.db import IntegrityError, transaction

from cases.models import Case, Patient
from cases.models.patient_token import record_token
from cases.models.search_key import search_key
from cases.services.assessments import changed
from cases.services.checks import LIFETIME_YEARS, check, date_error, stripped
from cases.services.duplicates import refuse_duplicate
from cases.services.errors import Invalid
from cases.services.patient_cases import lock_unerased
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

TAKEN = "A patient with this record number is already there."
UNSEARCHABLE = "This cannot be searched for. Use simpler characters."
INVISIBLE = "This contains a character that nobody sees. Type it anew."
#: Controls, and signs that hide or turn others around: a number with one of them looks like the
#: number of somebody else, and is another.
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
#: Joiners where a script needs them: between letters beyond ASCII.
JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
#: How many letters of a record number and of a name are compared.
LONGEST_RECORD_KEY, LONGEST_NAME_KEY = 120, 500


@transaction.atomic
def add(
    *,
    record_number: str,
    family_name: str = "",
    given_name: str = "",
    birth_date: datetime.date | None = None,
    sex: str = "",
    is_confirmed: bool = True,
    by: User,
) -> Patient:
    """Add a patient.

    Args:
        sex: female, male, unspecified, or empty where it is unknown.
        is_confirmed: whether somebody has looked at who is here already. False refuses a patient
            whose name and date of birth are those of another one, or nearly.

    Raises:
        Invalid: a field cannot be accepted, or the record number is taken.
        PossibleDuplicate: not confirmed, and somebody like this is here already.
    """
    patient = Patient(
        record_number=record_number.strip(),
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        birth_date=birth_date,
        sex=sex,
    )
    _check(patient)
    if not is_confirmed:
        refuse_duplicate(patient)
    _save(patient)
    record(action="patient.added", subject=patient, by=by)
    return patient


@transaction.atomic
def change(*, patient: Patient, by: User, **fields: Any) -> Patient:
    """Change fields of a patient, and assess the patient's cases anew.

    Raises:
        Invalid: a field cannot be accepted, or the record number is taken.
        Refused: the patient was erased.
    """
    # What others changed meanwhile in other fields stays.
    patient = lock_unerased(patient)
    for name, value in stripped(fields).items():
        setattr(patient, name, value)
    _check(patient)
    _save(patient)
    record(action="patient.changed", subject=patient, by=by)
    for case in Case.objects.select_for_update().filter(patient=patient):
        changed(case=case)
    return patient


def implausible(patient: Patient) -> dict[str, list[str]]:
    """What cannot be true of anybody, whoever else is there: field -> reasons."""
    errors: dict[str, list[str]] = {}
    if patient.birth_date:
        reason = date_error(patient.birth_date, years=LIFETIME_YEARS)
        if reason:
            errors["birth_date"] = [reason.replace("The date", "The date of birth")]
    # Some letters become many in the key: a ligature is searched for by its parts.
    key = search_key(patient.record_number)
    if not key or len(key) > LONGEST_RECORD_KEY:
        errors["record_number"] = [UNSEARCHABLE]
    elif _has_unseen(patient.record_number):
        errors["record_number"] = [INVISIBLE]
    if len(search_key(f"{patient.family_name} {patient.given_name}")) > LONGEST_NAME_KEY:
        errors["family_name"] = [UNSEARCHABLE]
    return errors


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(letter) in UNSEEN for letter in JOINERS.sub("", text))


def _check(patient: Patient) -> None:
    errors = implausible(patient)
    if is_storable(patient.record_number):
        same = Patient.objects.filter(record_blind=record_token(patient.record_number))
        if same.exclude(pk=patient.pk).exists():
            errors["record_number"] = [TAKEN]
    check(patient, also=errors)


def _save(patient: Patient) -> None:
    try:
        with transaction.atomic():
            patient.save()
    except IntegrityError as error:
        # Somebody else added the same record number since it was looked for.
        raise Invalid({"record_number": [TAKEN]}) from error
