"""The published schemas: what breaks them, and what each value of a file is meant to name."""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource

from guidance.engine.places import Document, Path

SCHEMAS = FilePath(__file__).resolve().parent.parent / "content" / "schema"
#: `$ref` to a part of this file says what a value is: a fact, a source, a condition.
COMMON = "common.json#/$defs/"
CONDITION = "condition"
KIND = "x-kind"
#: Keywords that say what a list or mapping as a whole lacks or has too much.
OF_THE_WHOLE = (
    "required",
    "additionalProperties",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "uniqueItems",
)
NOT_RESOLVED = ("$ref", "$id", "$schema", "$defs")
#: How much of a value a message quotes.
QUOTED = 60

KINDS: Mapping[str, str] = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that breaks a schema; `is_key` says that it is the last key of `path` itself.

    `is_part` says that the value itself is of no use, not only that it has too little or too much.
    """

    path: Path
    text: str
    is_key: bool
    is_part: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A value that the schema types by a part of `common.json`, for example `fact_name`.

    `is_key` says that it is the last key of `path` itself.
    """

    kind: str
    path: Path
    value: Any
    is_key: bool


@functools.cache
def registry() -> Registry[Any]:
    """Return all published schemas by their file names."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json"))
    resources = (Resource.from_contents(document) for document in documents)
    return Registry().with_resources((str(found.id()), found) for found in resources)


@functools.cache
def validator(name: str) -> Any:
    """Return the validator of one published schema, for example `branches`.

    Its errors are one for each field that lacks or should not be there. Every `$ref` is looked
    up once, here, since that is what takes most of the time of a check.
    """
    file = f"{name}.json"
    return Validator(_resolve(file, registry().contents(file), {}))


def _resolve(base: str, node: Any, done: dict[int, Any]) -> Any:
    """Return a schema with what its `$ref`s refer to in their place; it may hold itself.

    What `common.json` calls a value stays with it under `KIND`.
    """
    if isinstance(node, list):
        return [_resolve(base, part, done) for part in node]
    if not isinstance(node, dict):
        return node
    if id(node) in done:
        return done[id(node)]
    resolved: dict[str, Any] = {}
    done[id(node)] = resolved
    parts = {key: part for key, part in node.items() if key not in NOT_RESOLVED}
    resolved.update({key: _resolve(base, part, done) for key, part in parts.items()})
    if "$ref" in node:
        reference = node["$ref"]
        found = registry().resolver(base).lookup(reference)
        target = _resolve(reference.partition("#")[0] or base, found.contents, done)
        resolved["allOf"] = [*resolved.get("allOf", ()), target]
        if reference.startswith(COMMON):
            resolved[KIND] = reference.removeprefix(COMMON)
    return resolved


def find_breaches(name: str, value: Any) -> Iterator[Breach]:
    """Yield everything in a value that breaks the schema `name`."""
    for error in validator(name).iter_errors(value):
        found = best_match([error])
        path = tuple(found.absolute_path)
        is_name = "propertyNames" in found.absolute_schema_path
        if is_name:
            path = (*path, found.instance)
        field = next((part for part in reversed(path) if isinstance(part, str)), "")
        text = _words(found)
        yield Breach(
            path,
            f"{field}: {text}" if field else text,
            is_key=is_name or found.validator == "additionalProperties",
            is_part=found.validator not in OF_THE_WHOLE,
        )


def _words(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    keyword, given = str(error.validator), _shown(error.instance)
    if keyword == "pattern":
        meant = error.schema.get("description") if isinstance(error.schema, Mapping) else None
        return f"{given} does not fit: {meant or wanted}"
    words: Mapping[str, Callable[[], str]] = {
        "type": lambda: f"must be {_kinds(wanted)}, not {given}",
        "enum": lambda: f"must be one of {', '.join(map(str, wanted))}, not {given}",
        "const": lambda: f"must be {wanted}, not {given}",
        "minLength": lambda: "must not be empty",
        "minItems": lambda: f"must have at least {wanted} in its list",
        "maxItems": lambda: f"must have at most {wanted} in its list",
        "minProperties": lambda: f"must have at least {wanted} in its mapping",
        "maxProperties": lambda: f"must have at most {wanted} in its mapping",
        "uniqueItems": lambda: "has something twice in its list",
        "minimum": lambda: f"must be at least {wanted}, not {given}",
        "maximum": lambda: f"must be at most {wanted}, not {given}",
    }
    return words[keyword]() if keyword in words else error.message


def _kinds(wanted: str | list[str]) -> str:
    return " or ".join(KINDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _required(_: Any, wanted: list[str], given: object, __: object) -> Iterator[ValidationError]:
    if isinstance(given, dict):
        yield from (ValidationError(f"lacks {name}") for name in wanted if name not in given)


def _additional(
    parent: Any, wanted: object, given: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(given, dict):
        return
    known = schema.get("properties", {})
    for name in given:
        if name in known:
            continue
        if wanted is False:
            text = f"is no field here; there are {', '.join(known)}"
            yield ValidationError(text, path=[name])
        else:
            yield from parent.descend(given[name], wanted, path=name)


Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    {"required": _required, "additionalProperties": _additional},
)


def find_named(name: str, document: Document) -> Iterator[Named]:
    """Yield what the schema `name` types by a part of `common.json`, in order of the file.

    A condition is yielded whole. Content that breaks the schema is walked as far as it fits.
    """
    checker = validator(name)
    yield from _walk(checker, checker.schema, document.value, ())


def _walk(checker: Any, schema: Mapping[str, Any], value: Any, path: Path) -> Iterator[Named]:
    kind = schema.get(KIND)
    if kind is not None:
        yield Named(kind, path, value, is_key=False)
    if kind == CONDITION:
        return
    for part in schema.get("allOf", ()):
        yield from _walk(checker, part, value, path)
    for alternative in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if checker.evolve(schema=alternative).is_valid(value):
            yield from _walk(checker, alternative, value, path)
    if isinstance(value, dict):
        names = schema.get("propertyNames", {}).get(KIND)
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, child in value.items():
            if names is not None:
                yield Named(names, (*path, key), key, is_key=True)
            part = known.get(key, others)
            if isinstance(part, dict):
                yield from _walk(checker, part, child, (*path, key))
    elif isinstance(value, list) and "items" in schema:
        for number, child in enumerate(value):
            yield from _walk(checker, schema["items"], child, (*path, number))
