"""Resources as hospitals send them, to be changed by a test."""

from typing import Any

SCT, LN, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
ICD_O = "http://terminology.hl7.org/CodeSystem/icd-o-3"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
TABLES = "http://terminology.hl7.org/CodeSystem"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition"
#: Codes of the hospital's own, and what they stand for.
LAB = "urn:oid:1.2.3.4"
LOCAL = {
    (LAB, "LU177"): "treatment/PRRT",
    (LAB, "WHIPPLE"): "operation/whipple",
    (LAB, "EVE"): "treatment/everolimus",
    (LAB, "LIVERRES"): "treatment/surgery_liver",
    (LAB, "MRI"): "fact/study_modality/MRI",
    (LAB, "MET"): "fact/metastatic_sites/liver",
    (LAB, "BONEPAIN"): "fact/bone_pain",
    (LAB, "GONE"): "fact/no_longer_there",
    (LAB, "NOSTUDY"): "procedure/no_longer_there",
    (LAB, "PACE"): "fact/mri_contraindication_reason/pacemaker",
    (LAB, "LIVER"): "fact/ordered_target/liver_metastases",
}


def concept(system: str, code: str, display: str = "", text: str = "") -> dict[str, Any]:
    """A CodeableConcept of one code."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def quantity(value: Any, code: str, **more: Any) -> dict[str, Any]:
    """A Quantity in a unit of UCUM."""
    return {"value": value, "unit": code, "system": UCUM, "code": code, **more}


def resource(kind: str, **elements: Any) -> dict[str, Any]:
    """A resource about one patient; None takes an element away."""
    whole = {"resourceType": kind, "id": "1", "subject": {"reference": "Patient/p"}, **elements}
    return {name: value for name, value in whole.items() if value is not None}


def observation(code: dict[str, Any], **elements: Any) -> dict[str, Any]:
    """A final Observation of 3 March 2026."""
    given = {"status": "final", "code": code, "effectiveDateTime": "2026-03-03", **elements}
    return resource("Observation", **given)


CHROMOGRANIN = concept(LN, "9811-1", "Chromogranin A")
KI67 = concept(LN, "29593-1", "Ki-67")
