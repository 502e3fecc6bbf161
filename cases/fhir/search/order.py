"""Sorting what was found."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cases.fhir.found import Found
from cases.fhir.search.dates import EARLIEST, span_of
from cases.fhir.search.definitions import Kind, Parameter
from cases.fhir.search.paths import values_at
from cases.fhir.search.query import Order
from cases.models.search_key import search_key


def in_order(found: Sequence[Found], order: Sequence[Order]) -> list[Found]:
    """Sorted by each part in turn; what lacks the value comes last, either way."""
    ordered = list(found)
    for part in reversed(order):
        keyed = [(_key(part.parameter, each), each) for each in ordered]
        there = [pair for pair in keyed if pair[0] is not None]
        there.sort(key=lambda pair: pair[0], reverse=part.is_descending)
        ordered = [each for _, each in there] + [each for key, each in keyed if key is None]
    return ordered


def _key(parameter: Parameter, found: Found) -> Any:
    for value in values_at(found.resource, parameter.paths):
        key = _comparable(parameter.kind, value)
        if key is not None:
            return key
    return None


def _comparable(kind: Kind, value: Any) -> Any:
    """A value of one kind as what all values of the kind can be compared by; None if it is none."""
    if kind is Kind.DATE:
        if isinstance(value, dict):
            value = value.get("start") or value.get("end") or ""
        span = span_of(value) if isinstance(value, str) else None
        return (span.low or EARLIEST) if span else None
    if kind in (Kind.NUMBER, Kind.QUANTITY):
        number = value.get("value") if isinstance(value, dict) else value
        return Decimal(str(number)) if isinstance(number, int | float | Decimal) else None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return search_key(value) if kind is Kind.STRING else value
    return _first_text(value) if isinstance(value, dict) else None


def _first_text(value: dict[str, Any]) -> str | None:
    for name in ("reference", "family", "code", "value", "text", "display"):
        if isinstance(value.get(name), str):
            return search_key(value[name])
    coding = value.get("coding")
    if isinstance(coding, list) and coding and isinstance(coding[0], dict):
        return _first_text(coding[0])
    return None
