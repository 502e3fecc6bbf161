"""What is the patient's, and with it of all the patient's cases."""

from cases.models import Case, Patient
from cases.services.assessments import changed
from cases.services.errors import Refused

IS_ERASED = "This patient was erased. Nothing about them can be changed."


def lock_patient(patient: Patient) -> Patient:
    """The patient's row, locked until the end of the transaction.

    Every service that writes what belongs to a patient takes this lock first, and the cases'
    after it.
    """
    return Patient.objects.select_for_update().get(pk=patient.pk)


def lock_unerased(patient: Patient) -> Patient:
    """`lock_patient`, of somebody of whom something new may be written.

    Raises:
        Refused: the patient was erased, perhaps a moment ago.
    """
    patient = lock_patient(patient)
    if patient.is_erased:
        raise Refused(IS_ERASED)
    return patient


def patient_changed(*, patient: Patient) -> None:
    """Note that something about `patient` was written, and assess the patient's cases anew."""
    for case in Case.objects.select_for_update().filter(patient=patient).order_by("pk"):
        changed(case=case)
