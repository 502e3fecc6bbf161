"""A whole resource, judged against R4: every fault with where it stands and why."""

from collections.abc import Iterator
from typing import Any

from cases.r4 import bindings, invariants, narrative, primitives, references
from cases.r4.issue import Code, Issue
from cases.r4.structures import RESOURCE, Element, Structure, definitions

#: How many faults are told at most: whoever sends a wrong file wants the first, not a million.
MOST = 50
#: As long as the names of elements are.
LONGEST_NAME = 40
#: What an `_element` beside a primitive one may hold.
BESIDE = "Element"


def faults(resource: Any, *, path: str = "") -> list[Issue]:
    """What is wrong with a resource, at most `MOST` things; empty where it is one of R4.

    Args:
        resource: JSON as Python's values, with numbers as `Decimal` or `float`.
        path: where it stands, if not alone: "Bundle.entry[3].resource".
    """
    found = []
    for issue in _resource(resource, path):
        found.append(issue)
        if len(found) == MOST:
            break
    return found


def _fault(code: Code, path: str, reason: str) -> Issue:
    return Issue(code, reason, (path,) if path else ())


def _resource(value: Any, path: str) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield _fault(Code.STRUCTURE, path, "A resource is a JSON object.")
        return
    type_ = value.get("resourceType")
    if not isinstance(type_, str) or type_ not in definitions().resources:
        where = f"{path}.resourceType" if path else "resourceType"
        yield _fault(Code.STRUCTURE, where, "This names no type of resource of R4.")
        return
    path = path or type_
    if "id" in value and (reason := primitives.fault("id", value["id"])):
        yield _fault(Code.VALUE, f"{path}.id", reason)
    yield from _object(value, definitions().structures[type_], path, is_resource=True)
    yield from invariants.broken(type_, value, path)


def _object(
    value: Any, structure: Structure, path: str, *, is_resource: bool = False
) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield _fault(Code.STRUCTURE, path, "This must be an object.")
        return
    if not value:
        yield _fault(Code.STRUCTURE, path, "An object must not be empty.")
        return
    there = set()
    for name, inner in value.items():
        if is_resource and name == "resourceType":
            continue
        plain = name.removeprefix("_")
        element = structure.elements.get(plain)
        if element is None or (name != plain and not _is_primitive(element)):
            yield _unknown(name, path)
            continue
        there.add(plain)
        where = f"{path}.{element.choice or plain}"
        if name == plain:
            yield from _element(inner, element, where, beside=value.get(f"_{name}"))
        else:
            yield from _beside(inner, element, where, of=value.get(plain))
    yield from _missing(structure, there, path)


def _unknown(name: str, path: str) -> Issue:
    """An element that is not there; what is no name of one may say anything and is not told."""
    plain = name.removeprefix("_")
    if plain.isascii() and plain.isalnum() and len(plain) <= LONGEST_NAME:
        return _fault(Code.STRUCTURE, f"{path}.{plain}", f'R4 has no element "{name}" here.')
    return _fault(Code.STRUCTURE, path, "R4 has no element of such a name here.")


def _missing(structure: Structure, there: set[str], path: str) -> Iterator[Issue]:
    for group, names in structure.choices.items():
        given = there.intersection(names)
        if len(given) > 1:
            reason = f"Only one of these can be there: {', '.join(sorted(given))}."
            yield _fault(Code.STRUCTURE, f"{path}.{group}", reason)
        if given:
            there.add(group)
    for name in structure.needed:
        if name not in there:
            yield _fault(Code.REQUIRED, f"{path}.{name}", f"{name} must be there.")


def _element(value: Any, element: Element, path: str, *, beside: Any) -> Iterator[Issue]:
    if not element.is_many:
        yield from _one(value, element, path)
        return
    if not isinstance(value, list):
        yield _fault(Code.STRUCTURE, path, "This must be a list.")
        return
    if not value:
        yield _fault(Code.STRUCTURE, path, "A list must not be empty.")
    for number, inner in enumerate(value):
        where = f"{path}[{number}]"
        if inner is None and _is_primitive(element) and _entry(beside, number) is not None:
            continue
        yield from _one(inner, element, where)


def _entry(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, list) and number < len(values) else None


def _one(value: Any, element: Element, path: str) -> Iterator[Issue]:
    if value is None:
        yield _fault(Code.STRUCTURE, path, "FHIR has no null here: leave the element out.")
    elif element.type == RESOURCE:
        yield from _resource(value, path)
    elif _is_primitive(element):
        yield from _primitive(value, element, path)
    else:
        found = False
        for issue in _object(value, definitions().structures[element.type], path):
            found = True
            yield issue
        if not found:
            yield from _whole(value, element, path)


def _primitive(value: Any, element: Element, path: str) -> Iterator[Issue]:
    reason = primitives.fault(element.type, value)
    if reason:
        yield _fault(Code.VALUE, path, reason)
    elif element.type == "xhtml" and (reason := narrative.fault(value)):
        yield _fault(Code.INVALID, path, reason)
    elif element.codes and (reason := bindings.fault(element.codes, element.type, value)):
        yield _fault(Code.CODE_INVALID, path, reason)


def _whole(value: dict[str, Any], element: Element, path: str) -> Iterator[Issue]:
    """What is wrong with a value of a complex type whose elements are all in order."""
    if element.codes and (reason := bindings.fault(element.codes, element.type, value)):
        yield _fault(Code.CODE_INVALID, path, reason)
    if element.type == "Reference":
        yield from _reference(value, element, path)
    yield from invariants.broken(element.type, value, path)


def _reference(value: dict[str, Any], element: Element, path: str) -> Iterator[Issue]:
    said = value.get("reference")
    if said is None:
        return
    if not references.is_formed(said):
        reason = "This is not a reference: Type/id, an address, #id, urn:uuid: or urn:oid:."
        yield _fault(Code.VALUE, f"{path}.reference", reason)
        return
    target = references.target(said)
    type_ = target.type if target else (references.condition(said) or ("",))[0]
    known = type_ in definitions().resources
    if target and not target.base and not known:
        yield _fault(Code.VALUE, f"{path}.reference", "R4 has no such type of resource.")
    elif known and element.targets and type_ not in element.targets:
        reason = f"This must lead to {' or '.join(element.targets)}."
        yield _fault(Code.STRUCTURE, f"{path}.reference", reason)


def _beside(value: Any, element: Element, path: str, *, of: Any) -> Iterator[Issue]:
    """What is wrong with the id and extensions of a primitive value."""
    structure = definitions().structures[BESIDE]
    if not element.is_many:
        yield from _object(value, structure, path)
        return
    if not isinstance(value, list) or not value:
        yield _fault(Code.STRUCTURE, path, "This must be a list, as long as that of the values.")
        return
    for number, inner in enumerate(value):
        if inner is not None:
            yield from _object(inner, structure, f"{path}[{number}]")
        elif _entry(of, number) is None:
            reason = "Neither a value nor an extension stands here."
            yield _fault(Code.STRUCTURE, f"{path}[{number}]", reason)


def _is_primitive(element: Element) -> bool:
    return element.type[0].islower()
