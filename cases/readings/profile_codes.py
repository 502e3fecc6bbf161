"""Codes beside those of `cases.terminology`: what profiles fix, and our own code systems."""

import re
from collections.abc import Mapping

from cases.terminology import codes
from cases.terminology.codes import LocalCodes

_LOINC = "http://loinc.org"
_SNOMED = "http://snomed.info/sct"
_NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
#: Codes that profiles of mCODE fix or name (npm hl7.fhir.us.mcode 4.0.0).
FIXED: Mapping[tuple[str, str], str] = {
    (_NCIT, "C18000"): "fact/pathologist_grade",
    (_LOINC, "31206-6"): "fact/histology_subtype",
    (_SNOMED, "399504009"): "tnm/T",
    (_SNOMED, "399534004"): "tnm/N",
    (_SNOMED, "399387003"): "tnm/M",
    (_SNOMED, "384625004"): "tnm/T",
    (_SNOMED, "371494008"): "tnm/N",
    (_SNOMED, "371497001"): "tnm/M",
    (_SNOMED, "399537006"): "tnm/stage_group",
    (_SNOMED, "399588009"): "tnm/stage_group",
    (_SNOMED, "407563006"): "stop-reason/toxicity",
    (_SNOMED, "105480006"): "stop-reason/patient_wish",
}
#: The addresses of our own code systems, on whatever site: `cases.fhir.vocabulary.address_of`.
_OWN = re.compile(r"https?://[^/?#]+/fhir/CodeSystem/(?P<kind>[a-z_-]{1,40})")
#: Our code systems that go by another name than the concepts that stand in them.
_KINDS: Mapping[str, str] = {
    "modality": "fact/study_modality",
    "order-target": "fact/ordered_target",
    "procedure-kind": "operation",
    "specimen-kind": "specimen_kind",
}


def concept_of(system: str, code: str, *, within: str = "", local: LocalCodes) -> str | None:
    """What a code stands for: by the institution, as shipped, by a profile, or as our own."""
    found = codes.concept_of(system, code, within=within, local=local)
    if found is not None:
        return found
    place = (codes.canonical(system), code.strip())
    fixed = FIXED.get(place) or _own(*place)
    return fixed if fixed and codes.is_within(fixed, within) else None


def is_own(system: str) -> bool:
    """Whether a code system is one of ours."""
    return _OWN.fullmatch(system) is not None


def _own(system: str, code: str) -> str | None:
    found = _OWN.fullmatch(system)
    if found is None or not code:
        return None
    return f"{_KINDS.get(found['kind'], found['kind'])}/{code}"
