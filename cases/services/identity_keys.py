"""Making an institution's keys anew, while the system is in use."""

from django.db import transaction
from django.db.models import QuerySet

from cases.models import Patient
from cases.models.patient import KEY
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution
from tumorboard.vault import keyring

#: Patients in one transaction.
CHUNK = 500


@transaction.atomic
def begin_rotation() -> int:
    """Make a new key; its version. Where an earlier rotation stopped, that one is gone on with.

    Waits for whoever adds a patient just now: their key would be wrapped by the version before,
    and this rotation could have passed it by.
    """
    keyring.wait_for_writers()
    if _waiting().exists():
        return keyring.keyring().version
    version = keyring.add_version()
    record(action="identity_keys.rotated", subject=current_institution(), by=None)
    return version


@transaction.atomic
def rewrap_next() -> int:
    """Wrap the keys of the next patients by the newest key; how many, none when all are.

    The data sealed under a patient's key stays as it is. Each row is locked, so that an erasure
    that destroys the key meanwhile is not undone.
    """
    ring = keyring.keyring()
    patients: list[Patient] = []
    # Where another process wrapped just these while their locks were waited for, there are others.
    while not patients and _waiting().exists():
        patients = list(_waiting().select_for_update().order_by("pk")[:CHUNK])
    for patient in patients:
        key = ring.unseal(bytes(patient.wrapped_key or b""), purpose=KEY, row=patient.pk)
        wrapped = ring.seal(key, purpose=KEY, row=patient.pk)
        Patient.objects.filter(pk=patient.pk).update(wrapped_key=wrapped)
    return len(patients)


@transaction.atomic
def rewrap_by_master() -> int:
    """Wrap the institution's keys by the first master key; how many were by another."""
    count = keyring.wrap_anew()
    if count:
        record(action="identity_keys.rewrapped", subject=current_institution(), by=None)
    return count


def _waiting() -> QuerySet[Patient]:
    """Patients whose keys an older version wraps; the bytes sort as the versions do."""
    newest = keyring.prefix(keyring.keyring().version)
    return Patient.objects.filter(wrapped_key__lt=newest)
