"""A Specimen, and the values that pathology gives of one."""

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging, key_of
from cases.fhir.acceptance.of_case import OfCase
from cases.models import Specimen
from cases.readings.reading import Kind, Reading
from cases.services import specimens
from tumorboard.accounts.models import User


class Specimens(OfCase):
    """A specimen of its own, or one more value of one that is here."""

    def __init__(self) -> None:
        super().__init__(Kind.SPECIMEN, Specimen, specimens, "specimen")

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """A new specimen, or the one that the reading belongs to with what it says more."""
        if not reading.belongs_to:
            return super().add(reading, whose, by=by)
        key = key_of(reading.belongs_to, "Specimen")
        if whose.case is None or key is None:
            return None
        row = Specimen.objects.filter(case=whose.case, pk=key).first()
        return None if row is None else self.change(row, reading.values, by=by)
