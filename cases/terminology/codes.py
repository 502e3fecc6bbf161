"""From our concepts to codes of the standards, and back.

A concept is a path: `fact/ki67_percent`, `fact/pathologist_grade/G2`, `procedure/CT_AP_W`,
`analyte/gastrin`, `unit/mm`; `cases.selectors.concepts` lists them all with their words.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cases.terminology import ucum
from cases.terminology.reading import Entry, System, systems

#: What an institution says that codes stand for: (canonical system, code) -> concept.
LocalCodes = Mapping[tuple[str, str], str]
NO_LOCAL_CODES: LocalCodes = MappingProxyType({})


class Coding(NamedTuple):
    """A code as FHIR's Coding has it; `system` is the canonical address."""

    system: str
    code: str
    display: str


def codings_of(concept: str, *, unit: str = "") -> list[Coding]:
    """The codes to send for `concept`, at most one a code system, in a fixed order.

    Args:
        unit: for a laboratory value, its unit as we write it. LOINC has a code for mass and
            another for amount; one that does not fit the unit is never sent.
    """
    quantity = ucum.quantity_of(unit) if unit else ""
    found: dict[str, Coding] = {}
    for url, entry in _sent().get(concept, ()):
        if not quantity or not entry.quantity or entry.quantity == quantity:
            found.setdefault(url, Coding(url, entry.code, entry.display))
    return list(found.values())


def concept_of(
    system: str, code: str, *, within: str = "", local: LocalCodes = NO_LOCAL_CODES
) -> str | None:
    """What a code stands for; None where nobody has said so.

    Args:
        system: canonical address, OID, or a name of HL7's table 0396 (`LN`, `SCT`).
        within: accept only this concept or those below it: within `fact/metastatic_sites` the
            code for the liver is no primary site.
        local: the institution's own codes, which go first.
    """
    place = (canonical(system), code.strip())
    known = (local[place],) if place in local else ()
    return next((c for c in (*known, *_shipped().get(place, ())) if is_within(c, within)), None)


def is_within(concept: str, within: str) -> bool:
    """Whether `concept` is `within` or below it; everything is within nothing."""
    return not within or concept == within or concept.startswith(f"{within}/")


def system_named(name: str) -> System | None:
    """The code system with this canonical address, OID or short name; None if we have none."""
    return systems().get(canonical(name))


def canonical(system: str) -> str:
    """The address by which a system is known; a local system stays as it is written."""
    given = system.strip()
    return _addresses().get(given.casefold(), given)


@functools.cache
def _addresses() -> Mapping[str, str]:
    return {
        name.casefold(): system.url
        for system in systems().values()
        for name in (system.url, system.name, *system.also)
    }


@functools.cache
def _sent() -> Mapping[str, list[tuple[str, Entry]]]:
    found: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for system in systems().values():
        for entry in system.entries:
            for concept in () if entry.in_only else entry.concepts:
                found[concept].append((system.url, entry))
    return dict(found)


@functools.cache
def _shipped() -> Mapping[tuple[str, str], tuple[str, ...]]:
    return {
        (system.url, entry.code): entry.concepts
        for system in systems().values()
        for entry in system.entries
    }
