"""Messages as hospitals send them, to be changed by a test."""

from cases.readings.hl7v2 import Message, parse
from tests.unit.readings.fhir.resources import LAB

PID = r"PID|1||4711^^^HOSP&1.2.3&ISO^MR~X9^^^INS^HC||Berger^Clara^Maria^^^^L||19610405|F"
#: Codes of the hospital's own, by the name under which it sends them.
LOCAL = {
    ("99LAB", "CTAP"): "procedure/CT_AP_W",
    ("99LAB", "MRCT"): "fact/study_modality/CT",
    ("99LAB", "GRADE"): "fact/pathologist_grade",
    ("99LAB", "PAIN"): "fact/bone_pain",
    ("99LAB", "OUT"): "fact/study_outcome",
    ("99LAB", "LU177"): "treatment/PRRT",
    ("99LAB", "LIVER"): "fact/ordered_target/liver_metastases",
    ("99LAB", "SIZE"): "fact/primary_size_mm",
    ("99LAB", "OPON"): "fact/resection_date",
    ("99LAB", "LI"): "site/liver",
    (LAB, "X"): "analyte/gastrin",
}


def header(kind: str, *, charset: str = "UNICODE UTF-8", version: str = "2.5.1") -> str:
    """MSH."""
    return (
        f"MSH|^~\\&|LIS|HOSP|BOARD|HOSP|20260303101500+0100||{kind}|M-1|P|{version}||||||{charset}"
    )


def raw(kind: str, *segments: str, **more: str) -> bytes:
    """A message as it comes over the wire."""
    return "\r".join([header(kind, **more), *segments, ""]).encode()


def message(kind: str, *segments: str) -> Message:
    """A message, parsed."""
    return parse(raw(kind, *segments))
