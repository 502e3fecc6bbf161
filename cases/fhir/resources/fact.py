"""Observation: a fact of the data dictionary that somebody answered."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import instant
from cases.fhir.resources import mcode
from cases.fhir.resources.codings import absent, concept, quantity
from cases.fhir.resources.components import fact_column, values_of
from cases.fhir.resources.elements import LONG_OF_CASE, condition_of, notes, said, subject_of
from cases.fhir.resources.narrowings import by_column_code, of_case
from cases.fhir.source import Source
from cases.models import FactAnswer
from cases.models.fact_answer import UNKNOWN
from guidance.engine.dictionary import DICTIONARY, FactDefinition

Json = dict[str, Any]


class AnsweredFact(Source):
    """One answer. When it was answered is known, when it held is not: `issued` and no `effective`.

    The explicit answer "unknown" is one: it was asked, and nobody knows. What only the record says
    has resources of its own and is not repeated here.
    """

    resource_type: ClassVar[str] = "Observation"
    model = FactAnswer
    narrowings: ClassVar = of_case(
        code=by_column_code("fact", "fact", lambda: list(DICTIONARY)),
    )

    def rows(self) -> QuerySet[Any]:
        """Every answer."""
        return FactAnswer.objects.select_related("case").defer(LONG_OF_CASE)

    def project(self, row: FactAnswer) -> Json:
        """The question as a code, the answer as a value."""
        fact = DICTIONARY.get(row.fact)
        words = fact.label if fact else row.fact
        return said(
            resourceType=self.resource_type,
            extension=[mcode.related_condition(condition_of(row))],
            status="final",
            code=concept(f"fact/{row.fact}", words),
            subject=subject_of(row),
            issued=instant(row.answered_at),
            note=notes(row.source),
            **_answer(row, fact),
        )


def _answer(row: FactAnswer, fact: FactDefinition | None) -> Json:
    """The elements that hold an answer, by the kind of its fact.

    A fact that the dictionary has no more is said in words.
    """
    value = row.value
    if value == UNKNOWN:
        return {"dataAbsentReason": absent("asked-unknown")}
    if fact is None or fact.kind in ("records", "map"):
        return {"valueString": _words(value, fact)}
    if fact.kind == "date":
        return {"valueDateTime": value}
    if fact.kind in ("integer", "decimal"):
        return {"valueQuantity": quantity(value, row.unit or _unit(fact))}
    column = fact_column(fact.name)
    found = values_of(value, column)
    if fact.kind == "list" and value:
        return {"component": [{"code": column.code, **each} for each in found]}
    return found[0] if found else {"dataAbsentReason": absent("unknown")}


def _unit(fact: FactDefinition) -> str:
    """The dictionary's unit; none where it says that any may be meant."""
    return "" if fact.unit == "as reported" else fact.unit


def _words(value: Any, fact: FactDefinition | None) -> str:
    """A list of records in words: "type: SSA, start: 2024-02-01; type: PRRT"."""
    if isinstance(value, list):
        return "; ".join(_words(each, fact) for each in value) or "None"
    if isinstance(value, Mapping):
        said_of = (f"{name}: {each}" for name, each in value.items() if each is not None)
        return ", ".join(said_of)
    return str(value)
