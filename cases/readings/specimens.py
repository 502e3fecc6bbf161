"""What a specimen of the record must have, and the codes that say how it was taken."""

from cases.readings.answer import Coded
from cases.readings.naming import find
from cases.terminology import codes
from cases.terminology.codes import LocalCodes

_SCT = "http://snomed.info/sct"
_V2_COLLECTION = "http://terminology.hl7.org/CodeSystem/v2-0488"
#: How a specimen was taken, by codes of hl7.fhir.r4.examples 4.0.1.
KINDS = {
    (_V2_COLLECTION, "FNA"): "cytology",
    (_V2_COLLECTION, "BIO"): "biopsy",
    ("HL70488", "FNA"): "cytology",
    ("HL70488", "BIO"): "biopsy",
    (_SCT, "129314006"): "biopsy",
    (_SCT, "258415003"): "biopsy",
    (_SCT, "129304002"): "resection",
}
#: What a specimen of the record must have.
NEEDED = {"taken_on": "when", "kind": "how", "site": "from where"}
INCOMPLETE = "It is not said or not known here {} it was taken."
NUMBER_LETTERS = 60


def kind_of(coded: Coded, *, local: LocalCodes) -> str:
    """How it was taken, by our own code or by one of the tables; empty where none says so."""
    named = find(coded, "specimen_kind", local=local)
    if named is not None:
        return named.last
    said = (KINDS.get((codes.canonical(one.system), one.code)) for one in coded.codes)
    return next((kind for kind in said if kind), "")
