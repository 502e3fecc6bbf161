"""What the profiles of mCODE STU 4 require beyond R4, and whether a resource keeps to it.

From the StructureDefinitions of the npm package hl7.fhir.us.mcode 4.0.0: elements that must be
there, codes that are fixed, and which types a choice may have.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.unit.fhir.resources.valid import assert_valid


class Profile(NamedTuple):
    """One profile: a choice stands without its type, `value`; a fixed code by system and code."""

    type: str
    required: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = {}
    fixed: Mapping[str, str] = {}


PROFILES: Mapping[str, Profile] = {
    "primary-cancer-condition": Profile("Condition", ("category", "code", "subject"), {}, {}),
    "tumor-marker-test": Profile(
        "Observation",
        ("category", "code", "status", "subject", "value"),
        {
            "effective": ("dateTime", "Period"),
            "value": ("Quantity", "CodeableConcept", "string", "Ratio"),
        },
        {"category": "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"},
    ),
    "tnm-stage-group": Profile(
        "Observation",
        ("category", "code", "focus", "method", "status", "subject"),
        {"effective": ("dateTime", "Period", "Timing", "instant"), "value": ("CodeableConcept",)},
        {},
    ),
    "tnm-primary-tumor-category": Profile(
        "Observation",
        ("category", "code", "method", "status", "subject"),
        {"effective": ("dateTime", "Period", "Timing", "instant"), "value": ("CodeableConcept",)},
        {},
    ),
    "tnm-regional-nodes-category": Profile(
        "Observation",
        ("category", "code", "method", "status", "subject"),
        {"effective": ("dateTime", "Period", "Timing", "instant"), "value": ("CodeableConcept",)},
        {},
    ),
    "tnm-distant-metastases-category": Profile(
        "Observation",
        ("category", "code", "method", "status", "subject"),
        {"effective": ("dateTime", "Period", "Timing", "instant"), "value": ("CodeableConcept",)},
        {},
    ),
    "histologic-grade": Profile(
        "Observation",
        ("category", "code", "status", "subject", "value"),
        {"effective": ("dateTime", "Period"), "value": ("CodeableConcept",)},
        {
            "category": "http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
            "code": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl|C18000",
        },
    ),
    "histologic-behavior-and-type": Profile(
        "Observation",
        ("category", "code", "status", "subject", "value"),
        {"effective": ("dateTime", "Period"), "value": ("CodeableConcept",)},
        {
            "category": "http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
            "code": "http://loinc.org|31206-6",
        },
    ),
    "tumor-size": Profile(
        "Observation",
        ("code", "component", "status", "subject"),
        {"effective": ("dateTime", "Period", "Timing", "instant")},
        {"code": "http://loinc.org|21889-1", "component.code": "http://loinc.org|33728-7"},
    ),
    "tumor": Profile("BodyStructure", ("identifier", "location", "patient"), {}, {}),
    "cancer-disease-status": Profile(
        "Observation",
        ("code", "status", "subject"),
        {"effective": ("dateTime",), "value": ("CodeableConcept",)},
        {"code": "http://loinc.org|97509-4"},
    ),
    "human-specimen": Profile("Specimen", ("type",), {}, {}),
    "cancer-related-surgical-procedure": Profile(
        "Procedure", ("code", "status", "subject"), {}, {}
    ),
    "radiotherapy-course-summary": Profile(
        "Procedure",
        ("code", "status", "subject"),
        {"performed": ("Period",)},
        {"code": "http://snomed.info/sct|1217123003"},
    ),
}


def assert_mcode(resource: dict[str, Any], name: str) -> dict[str, Any]:
    """The resource, if it is valid R4 and keeps to the profile that ends with `name`."""
    profile = PROFILES[name]
    assert_valid(resource)
    assert resource["resourceType"] == profile.type
    missing = [each for each in profile.required if not _there(resource, each)]
    assert not missing, f"{name} requires {missing}"
    for element, types in profile.choices.items():
        given = [key for key in resource if _is_choice(key, element)]
        assert all(key[len(element) :] in [t[0].upper() + t[1:] for t in types] for key in given)
    for path, wanted in profile.fixed.items():
        assert wanted in _codes(resource, path), f"{name} fixes {path} as {wanted}"
    return resource


def _there(resource: dict[str, Any], element: str) -> bool:
    return any(
        key.lstrip("_") == element or _is_choice(key.lstrip("_"), element) for key in resource
    )


def _is_choice(key: str, element: str) -> bool:
    return key.startswith(element) and key[len(element) : len(element) + 1].isupper()


def _codes(resource: dict[str, Any], path: str) -> set[str]:
    """Every code of the CodeableConcepts at a path."""
    values: list[Any] = [resource]
    for part in path.split("."):
        inner = [value[part] for value in values if part in value]
        values = [each for one in inner for each in (one if isinstance(one, list) else [one])]
    return {f"{c['system']}|{c['code']}" for value in values for c in value.get("coding", ())}
