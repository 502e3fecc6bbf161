"""What an export is asked for, read from its parameters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

from cases.fhir.caller import Caller
from cases.fhir.found import named
from cases.fhir.history import since_of
from cases.fhir.outcome import BadRequest, Unprocessable
from cases.fhir.registry import types
from cases.fhir.search.chains import criteria_of
from cases.fhir.search.query import GENERAL, Given, Query, read_query
from cases.r4.issue import Code, Issue, Severity
from cases.r4.judging import faults

#: Everything of the institution, or what is about its patients.
SYSTEM, PATIENTS = "system", "patients"
OUTPUT_FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
ONCE = ("_since", "_outputFormat")
#: How many patients, filters and elements one export may name.
MOST_PATIENTS, MOST_FILTERS, MOST_ELEMENTS = 1_000, 50, 200
#: How many unknown parameters, and how many unknown types, are told of by name.
MOST_UNKNOWN = 20
#: Filters of several types in one parameter: each begins with its type.
NEXT_FILTER = re.compile(r",(?=[A-Z][A-Za-z]+\?)")
FILTER = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<search>.+)", re.S)
NO_PARAMETER = "An export has no parameter {name}; it was passed over."
NO_TYPE = "There are no resources of the type {name} here; it was passed over."


@dataclass
class Asked:
    """What an export is of; kept as JSON while it is collected."""

    level: str
    #: None for every type that the asker may read.
    types: list[str] | None = None
    since: str | None = None
    #: Type and search; of one type, any of them will do.
    filters: list[tuple[str, list[Given]]] = field(default_factory=list)
    #: Ids; None for all.
    patients: list[str] | None = None
    #: As `_elements` names them, with or without a type.
    elements: list[str] = field(default_factory=list)
    #: What was passed over, in words.
    notes: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it."""
        return cls(**said)

    def as_json(self) -> dict[str, Any]:
        """What `read` reads."""
        return asdict(self)

    def elements_of(self, resource_type: str) -> tuple[str, ...]:
        """The elements that are wanted of a type; empty for all."""
        prefix = f"{resource_type}."
        own = [each.removeprefix(prefix) for each in self.elements if each.startswith(prefix)]
        return (*own, *(each for each in self.elements if "." not in each))

    def queries(self, *, base: str) -> dict[str, list[Query]]:
        """The filters by type."""
        found: dict[str, list[Query]] = {}
        for resource_type, given in self.filters:
            query = read_query(resource_type, given, base=base, is_strict=True)
            found.setdefault(resource_type, []).append(query)
        return found


def read_asked(
    level: str,
    given: Sequence[Given],
    *,
    caller: Caller,
    handling: str | None,
    is_address: bool,
) -> Asked:
    """What parameters ask for.

    Args:
        handling: what `Prefer` says of what is not known: "strict" refuses it, "lenient" passes
            over types too; else only parameters are passed over.
        is_address: whether they stand in an address, which is logged.

    Raises:
        BadRequest: a parameter, type or filter that is none, or may not stand in an address.
        Forbidden: a type that the caller may not read.
        TooCostly: a chain of a filter that leads to too much.
        Unprocessable: a patient of whom the caller knows nothing.
    """
    asked = Asked(level)
    unknown = [name for name, _ in given if name not in (*READERS, *GENERAL)]
    if unknown and handling == "strict":
        raise _unsupported(unknown)
    asked.notes = [NO_PARAMETER.format(name=name[:100]) for name in _first(unknown)]
    by_name: dict[str, list[str]] = {}
    for name, text in given:
        by_name.setdefault(name, []).append(text)
    if is_address and "patient" in by_name:
        message = "Addresses are logged: name patients in Parameters, by POST."
        raise BadRequest(message, "http.patient", code=Code.SUPPRESSED)
    for name in ONCE:
        if len(by_name.get(name, ())) > 1:
            raise BadRequest("Give this once.", f"http.{name}")
    for name, read in READERS.items():
        if name in by_name:
            read(asked, by_name[name], caller, handling, is_address)
    return asked


def of_parameters(body: Any) -> list[Given]:
    """The parameters that stand in a resource of the type Parameters.

    Raises:
        BadRequest: it is none, or one of them has no value.
    """
    found = faults(body)
    if found:
        raise BadRequest(issues=found)
    if body["resourceType"] != "Parameters":
        raise BadRequest("Send Parameters.", "resourceType", code=Code.INVALID)
    return [_given(number, each) for number, each in enumerate(body.get("parameter", ()))]


def _given(number: int, said: Mapping[str, Any]) -> Given:
    value = next((value for name, value in said.items() if name.startswith("value")), None)
    if isinstance(value, dict):
        value = value.get("reference")
    if not isinstance(value, str) or not value:
        where = f"Parameters.parameter[{number}]"
        raise BadRequest("Give a string or a reference.", where, code=Code.VALUE)
    return said["name"], value


def _read_format(asked: Asked, texts: Sequence[str], *_: Any) -> None:
    # In an address, a plus sign is a space.
    if texts[0].replace(" ", "+") not in OUTPUT_FORMATS:
        message = f"Files are written as {OUTPUT_FORMATS[0]} alone."
        raise BadRequest(message, "http._outputFormat", code=Code.NOT_SUPPORTED)


def _read_since(asked: Asked, texts: Sequence[str], *_: Any) -> None:
    asked.since = since_of(texts[0])


def _read_types(
    asked: Asked, texts: Sequence[str], caller: Caller, handling: str | None, is_address: bool
) -> None:
    wanted = list(dict.fromkeys(name for text in texts for name in text.split(",") if name))
    unknown = [name for name in wanted if name not in types()]
    if unknown and handling != "lenient":
        message = f"There are no resources of these types here: {', '.join(unknown)[:200]}."
        raise BadRequest(message, "http._type", code=Code.NOT_SUPPORTED)
    asked.notes += [NO_TYPE.format(name=name[:100]) for name in _first(unknown)]
    asked.types = [name for name in wanted if name in types()]
    for name in asked.types:
        caller.check(name, "r")
        caller.check(name, "s")


def _read_filters(
    asked: Asked, texts: Sequence[str], caller: Caller, handling: str | None, is_address: bool
) -> None:
    each_filter = [each for text in texts for each in NEXT_FILTER.split(text)]
    if len(each_filter) > MOST_FILTERS:
        message = f"Give at most {MOST_FILTERS} filters."
        raise BadRequest(message, "http._typeFilter", code=Code.TOO_LONG)
    for text in each_filter:
        found = FILTER.fullmatch(text)
        if found is None or found["type"] not in (types() if asked.types is None else asked.types):
            message = "Give Type?search of a type that is exported."
            raise BadRequest(message, "http._typeFilter", code=Code.VALUE)
        given = parse_qsl(found["search"], keep_blank_values=True, max_num_fields=60)
        query = read_query(
            found["type"], given, base=caller.base, is_strict=True, is_address=is_address
        )
        if len(query.criteria) + len(query.links) != len(query.used):
            message = "A filter has search parameters only, and none of how an answer looks."
            raise BadRequest(message, "http._typeFilter", code=Code.NOT_SUPPORTED)
        # What a chain leads to is too much now, and not only when a worker looks.
        criteria_of(query, base=caller.base, may=caller.may)
        asked.filters.append((found["type"], given))


def _read_patients(
    asked: Asked, texts: Sequence[str], caller: Caller, handling: str | None, is_address: bool
) -> None:
    if asked.level != PATIENTS:
        message = "Patients are named at Patient/$export."
        raise BadRequest(message, "http.patient", code=Code.NOT_SUPPORTED)
    ids = list(dict.fromkeys(text.removeprefix(f"{caller.base}/") for text in texts))
    ids = [each.removeprefix("Patient/") for each in ids]
    if len(ids) > MOST_PATIENTS:
        message = f"Name at most {MOST_PATIENTS:,} patients."
        raise BadRequest(message, "http.patient", code=Code.TOO_LONG)
    there = {each.resource["id"] for each in named("Patient", ids)}
    if gone := [place for place, each in enumerate(ids) if each not in there]:
        message = f"There is no such patient in this institution: number {gone[0] + 1} named."
        raise Unprocessable(message, "http.patient", code=Code.NOT_FOUND)
    asked.patients = ids


def _read_elements(asked: Asked, texts: Sequence[str], *_: Any) -> None:
    named = (each.strip() for text in texts for each in text.split(","))
    asked.elements = list(dict.fromkeys(filter(None, named)))
    if len(asked.elements) > MOST_ELEMENTS:
        message = f"Name at most {MOST_ELEMENTS} elements."
        raise BadRequest(message, "http._elements", code=Code.TOO_LONG)


#: By parameter; filters are read after the types that they are of.
READERS: Mapping[str, Any] = {
    "_outputFormat": _read_format,
    "_since": _read_since,
    "_type": _read_types,
    "_typeFilter": _read_filters,
    "patient": _read_patients,
    "_elements": _read_elements,
}


def _first(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))[:MOST_UNKNOWN]


def _unsupported(names: Sequence[str]) -> BadRequest:
    issues = [
        Issue(Code.NOT_SUPPORTED, f"An export has no parameter {name[:100]}.", (f"http.{name}",))
        for name in _first(names)
    ]
    return BadRequest(issues=[issue._replace(severity=Severity.ERROR) for issue in issues])
