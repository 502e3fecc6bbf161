"""A Patient: who somebody is."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.acceptance.writer import Writer
from cases.fhir.outcome import Unprocessable
from cases.models import Patient
from cases.r4.issue import Code
from cases.readings.reading import Kind, Reading
from cases.services import patients
from tumorboard.accounts.models import User

NO_NUMBER = "A patient needs a record number: an identifier with a value, best of type MR."


class Patients(Writer):
    """Written as the form for a new patient writes them, with its look for doubles."""

    kind = Kind.PATIENT
    model = Patient

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """A new patient.

        Raises:
            Unprocessable: nothing says by which number the hospital knows them.
            PossibleDuplicate: somebody like this is here already.
        """
        if not reading.values.get("record_number"):
            raise Unprocessable(NO_NUMBER, "Patient.identifier", code=Code.REQUIRED)
        return patients.add(is_confirmed=False, by=by, **reading.values)

    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """The patient as the resource says by now."""
        if not values.get("record_number", "given"):
            raise Unprocessable(NO_NUMBER, "Patient.identifier", code=Code.REQUIRED)
        return patients.change(patient=row, by=by, **values)
