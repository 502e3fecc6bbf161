"""One search parameter with its values, as it is asked of a finished resource."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.fhir.outcome import BadRequest
from cases.fhir.search.dates import matches_when, read_when
from cases.fhir.search.definitions import Kind, Parameter
from cases.fhir.search.paths import values_at
from cases.fhir.search.quantities import (
    matches_number,
    matches_quantity,
    read_number,
    read_quantity,
)
from cases.fhir.search.references import Target, matches_identifier, matches_target, read_target
from cases.fhir.search.strings import matches_string, matches_uri, unescaped, values_of
from cases.fhir.search.tokens import matches_text, matches_token, read_token
from cases.r4.issue import Code

Matches = Callable[[Any], bool]
#: From one given value to what tells whether a value of the resource is it.
Reader = Callable[[str], Matches]

#: What joins the values of a composite parameter, where no backslash stands before it.
JOINT = "$"
BETWEEN = re.compile(r"(?<!\\)\$")

MISSING, NOT, IDENTIFIER = "missing", "not", "identifier"
#: Which modifiers each kind has, beside `missing`; of a reference, a type too.
MODIFIERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.STRING: ("exact", "contains"),
    Kind.TOKEN: (NOT, "text"),
    Kind.REFERENCE: (IDENTIFIER,),
    Kind.URI: ("below", "above"),
}


@dataclass(frozen=True)
class Criterion:
    """True of a resource in which any value of the parameter is any that is asked for."""

    parameter: Parameter
    modifier: str
    #: As they were given, unescaped.
    given: tuple[str, ...]
    any_of: tuple[Matches, ...] = ()

    def __call__(self, resource: Mapping[str, Any]) -> bool:
        """Whether the resource is one that is searched for."""
        values = values_at(resource, self.parameter.paths)
        if self.parameter.is_presence:
            values = [any(value is not False for value in values)]
        if self.modifier == MISSING:
            return (not values) == (self.given[0] == "true")
        found = any(matches(value) for value in values for matches in self.any_of)
        return not found if self.modifier == NOT else found


def read_criterion(
    name: str, parameter: Parameter, modifier: str, text: str, *, base: str
) -> Criterion:
    """A parameter as it was given.

    Args:
        name: with its modifier, for the words of an error.
        base: this server's address.

    Raises:
        BadRequest: no such modifier, or no such value.
    """
    given = values_of(text)
    plain = tuple(map(unescaped, given))
    if modifier == MISSING and parameter.kind is not Kind.COMPOSITE:
        if plain not in (("true",), ("false",)):
            raise BadRequest("Say true or false.", f"http.{name}", code=Code.VALUE)
        return Criterion(parameter, modifier, plain)
    read = _reader(name, parameter, modifier, base)
    try:
        return Criterion(parameter, modifier, plain, tuple(read(each) for each in given))
    except ValueError as error:
        raise BadRequest(str(error), f"http.{name}", code=Code.VALUE) from None


def among(parameter: Parameter, targets: frozenset[tuple[str, str]], *, base: str) -> Criterion:
    """True of a resource that refers by the parameter to any of these types and ids."""
    wanted = [Target(*each) for each in sorted(targets)]
    any_of = tuple(_to(target, base) for target in wanted)
    return Criterion(
        parameter, "", tuple(f"{target.type}/{target.id}" for target in wanted), any_of
    )


def of_ids(parameter: Parameter, ids: frozenset[str]) -> Criterion:
    """True of a resource with any of these ids.

    Args:
        parameter: `_id` of its type.
    """
    return Criterion(parameter, "", tuple(sorted(ids)), (lambda value: value in ids,))


def _reader(name: str, parameter: Parameter, modifier: str, base: str) -> Reader:
    kind = parameter.kind
    is_type = kind is Kind.REFERENCE and modifier in parameter.targets
    if modifier and modifier not in MODIFIERS.get(kind, ()) and not is_type:
        message = f"{parameter.code} has no modifier :{modifier}."
        raise BadRequest(message, f"http.{name}", code=Code.NOT_SUPPORTED)
    match kind:
        case Kind.STRING:
            return _text(lambda value, text: matches_string(value, text, modifier))
        case Kind.URI:
            return _text(lambda value, text: matches_uri(value, text, modifier))
        case Kind.TOKEN if modifier == "text":
            return _text(matches_text)
        case Kind.TOKEN:
            return _by(read_token, matches_token)
        case Kind.DATE:
            return _by(read_when, matches_when)
        case Kind.NUMBER:
            return _by(read_number, matches_number)
        case Kind.QUANTITY:
            return _by(read_quantity, matches_quantity)
        case Kind.COMPOSITE:
            return lambda text: _all_of(name, parameter, text, base)
        case Kind.REFERENCE if modifier == IDENTIFIER:
            return _by(read_token, matches_identifier)
        case Kind.REFERENCE:
            return lambda text: _to(read_target(text, base=base, type_wanted=modifier), base)


def _all_of(name: str, parameter: Parameter, text: str, base: str) -> Matches:
    """One value for each part, all of which must be found at the same place."""
    given = BETWEEN.split(text)
    if len(given) != len(parameter.parts) or not all(given):
        message = f"Give {len(parameter.parts)} values, joined by {JOINT}."
        raise ValueError(message)
    tests = [
        (part, _reader(name, part, "", base)(value))
        for part, value in zip(parameter.parts, given, strict=True)
    ]
    return lambda place: all(
        any(matches(value) for value in values_at(place, part.paths)) for part, matches in tests
    )


def _by(read: Callable[[str], Any], matches: Callable[[Any, Any], bool]) -> Reader:
    """Reads what is wanted once, and compares every value with it."""

    def reader(text: str) -> Matches:
        wanted = read(text)
        return lambda value: matches(value, wanted)

    return reader


def _text(matches: Callable[[Any, str], bool]) -> Reader:
    def reader(text: str) -> Matches:
        wanted = unescaped(text)
        if not wanted.strip():
            message = "Give a value."
            raise ValueError(message)
        return lambda value: matches(value, wanted)

    return reader


def _to(target: Target, base: str) -> Matches:
    return lambda value: matches_target(value, target, base=base)
