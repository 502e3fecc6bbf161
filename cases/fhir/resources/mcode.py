"""mCODE STU 4: the profiles that our resources keep to, and the codes that these fix.

Read in the npm package hl7.fhir.us.mcode 4.0.0. What a profile fixes belongs to the profile; every
other code comes from `cases.terminology`.
"""

from typing import Any

from cases.fhir.resources.codings import SNOMED

STRUCTURE = "http://hl7.org/fhir/us/mcode/StructureDefinition"

PRIMARY_CANCER_CONDITION = f"{STRUCTURE}/mcode-primary-cancer-condition"
TUMOR_MARKER_TEST = f"{STRUCTURE}/mcode-tumor-marker-test"
STAGE_GROUP = f"{STRUCTURE}/mcode-tnm-stage-group"
T_CATEGORY = f"{STRUCTURE}/mcode-tnm-primary-tumor-category"
N_CATEGORY = f"{STRUCTURE}/mcode-tnm-regional-nodes-category"
M_CATEGORY = f"{STRUCTURE}/mcode-tnm-distant-metastases-category"
HISTOLOGIC_GRADE = f"{STRUCTURE}/mcode-histologic-grade"
HISTOLOGIC_TYPE = f"{STRUCTURE}/mcode-histologic-behavior-and-type"
TUMOR_SIZE = f"{STRUCTURE}/mcode-tumor-size"
TUMOR = f"{STRUCTURE}/mcode-tumor"
DISEASE_STATUS = f"{STRUCTURE}/mcode-cancer-disease-status"
HUMAN_SPECIMEN = f"{STRUCTURE}/mcode-human-specimen"
SURGICAL_PROCEDURE = f"{STRUCTURE}/mcode-cancer-related-surgical-procedure"
RADIOTHERAPY_COURSE = f"{STRUCTURE}/mcode-radiotherapy-course-summary"

HISTOLOGY = f"{STRUCTURE}/mcode-histology-morphology-behavior"
RELATED_CONDITION = f"{STRUCTURE}/mcode-related-condition"
EVIDENCE_TYPE = f"{STRUCTURE}/mcode-cancer-disease-status-evidence-type"
INTENT = f"{STRUCTURE}/mcode-procedure-intent"
SESSIONS = f"{STRUCTURE}/mcode-radiotherapy-sessions"
MODALITY_AND_TECHNIQUE = f"{STRUCTURE}/mcode-radiotherapy-modality-and-technique"
MODALITY = f"{STRUCTURE}/mcode-radiotherapy-modality"

LOINC = "http://loinc.org"
#: `code` of the profiles of the same names.
GRADE_CODE = {
    "system": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "code": "C18000",
    "display": "Histologic Grade",
}
HISTOLOGIC_TYPE_CODE = {"system": LOINC, "code": "31206-6"}
TUMOR_SIZE_CODE = {"system": LOINC, "code": "21889-1", "display": "Size Tumor"}
TUMOR_SIZE_CONCEPT = {"coding": [TUMOR_SIZE_CODE], "text": "Tumor size"}
LONGEST_DIMENSION = {"system": LOINC, "code": "33728-7"}
OTHER_DIMENSION = {"system": LOINC, "code": "33729-5"}
DISEASE_STATUS_CODE = {
    "system": LOINC,
    "code": "97509-4",
    "display": "Cancer Disease Progression",
}
RADIOTHERAPY_COURSE_CODE = {"system": SNOMED, "code": "1217123003"}

#: Of the value sets that the profiles require where one of their codes applies.
IMAGING = {"system": SNOMED, "code": "363679005", "display": "Imaging (procedure)"}
RADIOPHARMACEUTICAL = {
    "system": SNOMED,
    "code": "440252007",
    "display": "Administration of radiopharmaceutical (procedure)",
}
TISSUE = {
    "system": "http://terminology.hl7.org/CodeSystem/v2-0487",
    "code": "TISS",
    "display": "Tissue",
}
#: What may be said of a radiotherapy that was stopped; a course says nothing else by code.
TERMINATION_REASONS = {
    "toxicity": {
        "system": SNOMED,
        "code": "407563006",
        "display": "Treatment not tolerated (situation)",
    },
    "patient_wish": {
        "system": SNOMED,
        "code": "105480006",
        "display": "Refusal of treatment by patient (situation)",
    },
}


def related_condition(condition: dict[str, Any]) -> dict[str, Any]:
    """The extension by which an observation or a structure names the tumor it belongs to."""
    return {"url": RELATED_CONDITION, "valueReference": condition}
