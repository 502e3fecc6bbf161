"""What may stand where in R4, and which codes: HL7's definitions, read once when first needed."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

CONTENT = Path(__file__).with_name("content") / "r4.json"
#: Stands where any resource may stand.
RESOURCE = "Resource"


class Element(NamedTuple):
    """One element of a structure, by the name that it has in JSON."""

    #: A primitive type, or the name of a structure.
    type: str
    is_needed: bool
    is_many: bool
    #: The value set to which its codes are bound; empty where they are free.
    codes: str
    #: The types that a Reference may lead to; empty for any.
    targets: tuple[str, ...]
    #: The name without the type where the element is a choice: "value" of "valueQuantity".
    choice: str


class Structure(NamedTuple):
    """What has elements: a resource, a type such as Quantity, a part such as Patient.contact."""

    elements: dict[str, Element]
    #: Names that must be there; of a choice the group's name.
    needed: tuple[str, ...]
    #: A choice's name -> the names of which at most one may be there.
    choices: dict[str, tuple[str, ...]]


class Definitions(NamedTuple):
    """R4."""

    version: str
    resources: frozenset[str]
    structures: dict[str, Structure]
    #: Value set -> code system -> codes.
    codes: dict[str, dict[str, frozenset[str]]]


@cache
def definitions() -> Definitions:
    """All of them; about 40 ms the first time."""
    said = json.loads(CONTENT.read_bytes())
    resources = frozenset(said["resources"])
    return Definitions(
        version=said["version"],
        resources=resources,
        structures={name: _structure(each, resources) for name, each in said["structures"].items()},
        codes={
            url: {system: frozenset(listed) for system, listed in systems.items()}
            for url, systems in said["codes"].items()
        },
    )


def _structure(said: dict[str, Any], resources: frozenset[str]) -> Structure:
    choices = said.get("choices", {})
    groups = {name: group for group, each in choices.items() for name in each["names"]}
    elements = {
        name: Element(
            type=RESOURCE if each["type"] in resources else each["type"],
            is_needed=bool(each.get("min")),
            is_many=each.get("many", False),
            codes=each.get("codes", ""),
            targets=tuple(each.get("targets", ())),
            choice=groups.get(name, ""),
        )
        for name, each in said["elements"].items()
    }
    needed = [name for name, each in elements.items() if each.is_needed]
    return Structure(
        elements=elements,
        needed=(*needed, *(group for group, each in choices.items() if each["min"])),
        choices={group: tuple(each["names"]) for group, each in choices.items()},
    )
