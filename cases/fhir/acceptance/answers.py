"""An Observation that answers a fact of the data dictionary."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.acceptance.diagnoses import SOURCE
from cases.fhir.acceptance.writer import Writer
from cases.models import Case, FactAnswer
from cases.readings.reading import Kind, Reading
from cases.services import facts
from tumorboard.accounts.models import User


class Answers(Writer):
    """One fact, answered directly; the case is assessed anew."""

    kind = Kind.FACT
    model = FactAnswer

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """The answer; of two to one question the later stands."""
        if whose.case is None:
            return None
        fact, value = reading.values["fact"], reading.values["value"]
        known = FactAnswer.objects.filter(case=whose.case, fact=fact).first()
        if known is not None and reading.adds:
            value = sorted({*_listed(known.value), *_listed(value)})
        if known is not None and reading.on and reading.on < known.answered_at.date():
            return known
        return self._answer(whose.case, fact, value, by=by)

    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """The fact with another value."""
        return self._answer(row.case, row.fact, values.get("value", row.value), by=by)

    def remove(self, row: Any, *, by: User) -> None:
        """The fact is not answered any more."""
        facts.answer(case=row.case, answers={row.fact: None}, source=SOURCE, by=by)

    def _answer(self, case: Case, fact: str, value: Any, *, by: User) -> Model:
        facts.answer(case=case, answers={fact: value}, source=SOURCE, by=by)
        return FactAnswer.objects.select_related("case").get(case=case, fact=fact)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
