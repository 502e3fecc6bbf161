"""A Condition that is a tumor of ours: a case, with the facts that its codes say."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.acceptance.writer import Writer
from cases.models import Case
from cases.readings.reading import Kind, Reading
from cases.services import cases, facts
from tumorboard.accounts.models import User

#: Where answers come from, in words.
SOURCE = "FHIR"
FACTS = "facts"


class Diagnoses(Writer):
    """Opens a case, or says anew what it is about."""

    kind = Kind.DIAGNOSIS
    model = Case

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """A new case of a patient who is here."""
        if whose.patient is None:
            return None
        head = {name: value for name, value in reading.values.items() if name != FACTS}
        answers = reading.values.get(FACTS, {})
        return cases.open_case(patient=whose.patient, answers=answers, source=SOURCE, by=by, **head)

    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """The case as the resource says by now; a fact that it no longer says is not asked."""
        head = {name: value for name, value in values.items() if name != FACTS}
        if head:
            row = cases.change(case=row, by=by, **head)
        if values.get(FACTS):
            row = facts.answer(case=row, answers=values[FACTS], source=SOURCE, by=by)
        return row
