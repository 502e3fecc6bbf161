"""Devices: what speaks against MRI."""

from cases.readings.answer import Code
from cases.readings.fhir.datatypes import coded, codes_in
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said, silence
from cases.readings.findings import facts
from cases.terminology import codes

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
#: Safety in magnetic resonance, by R4's value set device-safety.
UNSAFE = "C106047"
SAFE = frozenset({"C106045", "C106046"})
SNOMED, PACEMAKER = "http://snomed.info/sct", "14106009"
#: The device is not in the patient, or no longer.
NOT_THERE = "inactive"


def read(resource: Resource) -> None:
    """Write down that a device speaks against MRI, and which."""
    root = resource.root
    root.at("identifier")
    if not is_said(resource):
        return
    if root.text("status") == NOT_THERE:
        silence(resource, root.at("status"), "It is no longer in use.")
        return
    kind = coded(root.at("type"))
    reason = resource.find(kind, "fact/mri_contraindication_reason")
    is_pacemaker = any(_is(code, SNOMED, PACEMAKER) for code in kind.codes)
    safety = codes_in(root.each("safety"), root.at("safety").path)
    if any(_is(code, NCIT, UNSAFE) for code in safety.codes):
        _say(resource, "mri_contraindicated", True)
        _say(resource, "mri_contraindication_reason", "incompatible_device")
    elif any(code.code in SAFE for code in safety.codes):
        root.at("safety").tell("It allows MRI, which says nothing of other reasons against it.")
    elif is_pacemaker or reason is not None:
        # Whether a pacemaker forbids MRI is for a person to say; that there is one is the reason.
        _say(resource, "mri_contraindication_reason", reason.last if reason else "pacemaker")
    else:
        resource.tell_codes(kind)


def _say(resource: Resource, fact: str, value: object) -> None:
    facts.answer(
        fact,
        value,
        origin=resource.origin,
        path=resource.root.path,
        subject=resource.subject,
        notebook=resource.notebook,
    )


def _is(code: Code, system: str, wanted: str) -> bool:
    return code.code == wanted and codes.canonical(code.system) == system
