"""The search parameters of R4 that are known here, by type: code, kind, and where they look.

`content/parameters.json` is taken from R4's own definitions (hl7.org/fhir/R4, CC0): the same codes
and canonical addresses, with each FHIRPath as a plain path into the resource's JSON. A path may
select by one value (`telecom[system=phone]`) and name an element of any type (`effective[x]`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

CONTENT = Path(__file__).parent / "content"
RESOURCE = "http://hl7.org/fhir/SearchParameter/Resource"


class Kind(StrEnum):
    """http://hl7.org/fhir/search-param-type, as far as it is known here."""

    NUMBER = "number"
    DATE = "date"
    STRING = "string"
    TOKEN = "token"  # noqa: S105 - the kind's name
    REFERENCE = "reference"
    QUANTITY = "quantity"
    URI = "uri"
    COMPOSITE = "composite"


@dataclass(frozen=True)
class Parameter:
    """One search parameter of one type.

    A composite one has `parts`, which look below each of its paths; an empty path is the whole.
    """

    code: str
    kind: Kind
    paths: tuple[str, ...]
    #: R4's canonical address of it.
    definition: str
    #: Of a reference: the types it may lead to.
    targets: tuple[str, ...] = ()
    #: Whether it asks if there is anything but `false`, as `deceased` does.
    is_presence: bool = False
    #: Whether what is asked for says who a patient is, or may: it never stands in an address.
    is_private: bool = False
    parts: tuple["Parameter", ...] = ()


#: Types that are about no patient, of which names and titles may stand in addresses.
ABOUT_NOBODY = frozenset(
    {
        "ActivityDefinition",
        "Basic",
        "CareTeam",
        "CodeSystem",
        "ConceptMap",
        "Library",
        "Location",
        "Medication",
        "Organization",
        "PlanDefinition",
        "Practitioner",
        "PractitionerRole",
        "Subscription",
        "ValueSet",
    }
)
#: Of a person: what is no string and says who it is all the same.
WHO = frozenset({"birthdate", "death-date", "email", "identifier", "phone", "telecom"})

#: What every type has.
COMMON: tuple[Parameter, ...] = (
    Parameter("_id", Kind.TOKEN, ("id",), f"{RESOURCE}-id"),
    Parameter("_lastUpdated", Kind.DATE, ("meta.lastUpdated",), f"{RESOURCE}-lastUpdated"),
    Parameter("_profile", Kind.URI, ("meta.profile",), f"{RESOURCE}-profile"),
    Parameter("_security", Kind.TOKEN, ("meta.security",), f"{RESOURCE}-security"),
    Parameter("_source", Kind.URI, ("meta.source",), f"{RESOURCE}-source"),
    Parameter("_tag", Kind.TOKEN, ("meta.tag",), f"{RESOURCE}-tag"),
)


@cache
def parameters(resource_type: str) -> Mapping[str, Parameter]:
    """The parameters of a type by code; those of every type where nothing else is known of it."""
    found = {each.code: each for each in COMMON}
    for code, said in _definitions().get(resource_type, {}).items():
        kind = Kind(said["type"])
        found[code] = Parameter(
            code=code,
            kind=kind,
            paths=tuple(said["paths"]),
            definition=said["definition"],
            targets=tuple(said.get("targets", ())),
            is_presence=said.get("presence", False),
            is_private=resource_type not in ABOUT_NOBODY and (kind is Kind.STRING or code in WHO),
            parts=tuple(
                Parameter(code, Kind(each["type"]), tuple(each["paths"]), said["definition"])
                for each in said.get("parts", ())
            ),
        )
    return MappingProxyType(found)


@dataclass(frozen=True)
class Outline:
    """The elements at the top of a type, as its definition marks them."""

    summary: frozenset[str]
    required: frozenset[str]


@cache
def outlines() -> Mapping[str, Outline]:
    """By type: which elements a summary holds, and which must be there."""
    said = json.loads((CONTENT / "summaries.json").read_text())
    return MappingProxyType(
        {
            name: Outline(frozenset(each["summary"]), frozenset(each["required"]))
            for name, each in said.items()
        }
    )


@cache
def _definitions() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]]
    found = json.loads((CONTENT / "parameters.json").read_text())
    return found
