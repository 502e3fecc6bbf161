"""The code systems, from the files of `content`: which codes we know, and where they were read."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from guidance.engine.content import parse_yaml

CONTENT = Path(__file__).with_name("content")
#: The order in which codings are given: what FHIR profiles ask for first comes first.
FILES = ("snomed_ct", "loinc", "icd_10_cm", "icd_10", "icd_o_3", "dicom", "atc", "ucum")
UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: what it stands for, first what it means where nobody asks for a kind.

    `in_only` codes are understood and never sent. `quantity` is the kind of unit that a
    laboratory code is for, empty where it is for any.
    """

    code: str
    display: str
    concepts: tuple[str, ...]
    quantity: str
    in_only: bool
    verified: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of UCUM: how we write it, and `factor` into the base of its quantity."""

    code: str
    unit: str
    quantity: str
    factor: Fraction
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """A code system: its canonical address, the version cited, its license, its entries."""

    key: str
    name: str
    url: str
    version: str
    also: tuple[str, ...]
    licence: str
    check_digit: str
    sources: Mapping[str, str]
    entries: tuple[Entry, ...]


@functools.cache
def systems() -> Mapping[str, System]:
    """Every code system by its canonical address, read once per process."""
    found = (system_of(raw(name)) for name in FILES)
    return MappingProxyType({system.url: system for system in found})


@functools.cache
def units() -> tuple[Unit, ...]:
    """Every unit of UCUM that we know."""
    return tuple(
        Unit(
            code=entry["code"],
            unit=entry["unit"],
            quantity=entry["quantity"],
            factor=Fraction(entry["factor"]),
            also=tuple(entry.get("also", ())),
        )
        for entry in raw("ucum")["units"]
    )


def system_of(content: Mapping[str, Any]) -> System:
    """The code system that the content of one file describes."""
    about = content["system"]
    return System(
        key=about["key"],
        name=about["name"],
        url=about["url"],
        version=about["version"],
        also=tuple(about["also"]),
        licence=about["licence"].strip(),
        check_digit=about.get("check_digit", ""),
        sources=MappingProxyType(dict(content.get("sources", {}))),
        entries=tuple(map(_entry, content.get("codes", ()))) + tuple(_unit_entries(content)),
    )


@functools.cache
def raw(name: str) -> Any:
    """The content of one file, as YAML has it."""
    return parse_yaml((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))


def _entry(given: Mapping[str, Any]) -> Entry:
    return Entry(
        code=given["code"],
        display=given["display"],
        concepts=tuple(given["concepts"]),
        quantity=given.get("quantity", ""),
        in_only=given.get("in_only", False),
        verified=given["verified"],
    )


def _unit_entries(content: Mapping[str, Any]) -> list[Entry]:
    """A unit's code, and the others that are understood for it."""
    return [
        Entry(code, given["unit"], (f"{UNIT}/{given['unit']}",), "", place > 0, "")
        for given in content.get("units", ())
        for place, code in enumerate((given["code"], *given.get("also", ())))
    ]
