"""Columns of a row as components of an Observation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q

from cases.fhir.resources.codings import concept, quantity, recorded
from cases.fhir.resources.record_codes import RecordCode
from guidance.engine.dictionary import DICTIONARY

Json = dict[str, Any]
NO_WORDS: Mapping[Any, Any] = MappingProxyType({})


class Column(NamedTuple):
    """A column of a row that is said as a component.

    `code` says what it is; `values` is where its choices stand among our concepts, with their
    `words`; `unit` is a number's.
    """

    name: str
    code: Json
    values: str = ""
    words: Mapping[Any, Any] = NO_WORDS
    unit: str = ""


def fact_column(name: str, column: str = "") -> Column:
    """A column that holds a fact of the dictionary, in whose words it is said."""
    fact = DICTIONARY[name]
    code = concept(f"fact/{name}", fact.label)
    return Column(column or name, code, f"fact/{name}", fact.value_labels, fact.unit)


def record_column(
    name: str,
    code: RecordCode,
    *,
    unit: str = "",
    values: str = "",
    words: Mapping[Any, Any] = NO_WORDS,
) -> Column:
    """A column that holds no fact; `values` is where its choices stand among our concepts."""
    return Column(name, recorded(code), values, words, unit)


def components(row: Any, columns: Sequence[Column]) -> list[Json]:
    """What a row says in these columns; nothing for those that are empty.

    Of a list each member is a component; an empty list says that there is none of them.
    """
    return [
        {"code": column.code, **value}
        for column in columns
        for value in values_of(getattr(row, column.name), column)
    ]


def says_any(columns: Sequence[Column], *, texts: Sequence[str] = ()) -> Q:
    """The rows that say anything in these columns; `texts` are empty, and not null, without."""
    wanted = Q()
    for each in columns:
        is_text = each.name in texts
        wanted |= ~Q(**{each.name: ""}) if is_text else Q(**{f"{each.name}__isnull": False})
    return wanted


def values_of(value: Any, column: Column) -> list[Json]:
    """The `value[x]` of a column's value, one for each member of a list."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        members = [_chosen(column, each) for each in value]
        return members or [{"valueCodeableConcept": {"text": "None"}}]
    if isinstance(value, bool):
        return [{"valueBoolean": value}]
    if isinstance(value, str):
        return [_chosen(column, value) if column.words else {"valueString": value}]
    return [{"valueQuantity": quantity(value, column.unit)}]


def _chosen(column: Column, value: str) -> Json:
    words = str(column.words.get(value, value))
    return {"valueCodeableConcept": concept(f"{column.values}/{value}", words)}
