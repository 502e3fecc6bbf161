"""Messages as a hospital's systems send them."""

import json
from typing import Any

AUTHORITY, NUMBER = "NORTH", "MRN-4711"
#: Our own codes of procedures, as any site of ours publishes them.
OPERATIONS = "https://tumorboard.example/fhir/CodeSystem/procedure-kind"


def header(kind: str, control_id: str = "M1", at: str = "20261120101500") -> str:
    """MSH."""
    return f"MSH|^~\\&|LIS|LAB|TB|NORTH|{at}||{kind}|{control_id}|P|2.5.1"


def pid(number: str = NUMBER, *, family: str = "Berg", born: str = "19610402") -> str:
    """PID."""
    return f"PID|1||{number}^^^{AUTHORITY}^MR||{family}^Anna||{born}|F"


def message(kind: str, *segments: str, control_id: str = "M1", at: str = "20261120101500") -> str:
    """A whole message."""
    return "\r".join([header(kind, control_id, at), *segments]) + "\r"


def laboratory(control_id: str = "L1", *, value: str = "210", at: str = "20261120101500") -> str:
    """ORU^R01 with chromogranin A, and a code that nobody knows."""
    return message(
        "ORU^R01",
        pid(),
        "OBR|1|P1|F1|CGA^Panel^L|||20261119",
        f"OBX|1|NM|9811-1^Chromogranin A^LN||{value}|ng/mL^^UCUM|<100||||F|||20261119",
        "OBX|2|NM|XYZ^Something^LAB||3|U/L|||||F|||20261119",
        control_id=control_id,
        at=at,
    )


def radiology(control_id: str = "R1") -> str:
    """ORU^R01 with the report of a CT."""
    return message(
        "ORU^R01",
        pid(),
        "OBR|1|P2|F2|36813-4^CT Abdomen and Pelvis W contrast IV^LN|||20261118|||||||||||ACC-9"
        "||||20261119||RAD|F",
        "OBX|1|TX|18782-3^Report^LN||Two lesions of the liver.||||||F",
        "OBX|2|TX|19005-8^Impression^LN||Metastases of the liver.||||||F",
        control_id=control_id,
    )


def pathology(control_id: str = "P1") -> str:
    """ORU^R01 with the report of a biopsy."""
    return message(
        "ORU^R01",
        pid(),
        "OBR|1|P3|F3|22637-3^Pathology report^LN|||20261110|||||||||||||||20261112||SP|F",
        "SPM|1|^S-2026-1||258415003^Biopsy^SCT|||||||||||||20261110",
        "OBX|1|TX|22637-3^Report^LN||Well differentiated tumor.||||||F",
        "OBX|2|NM|29593-1^Ki-67^LN||4|%^^UCUM|||||F",
        control_id=control_id,
    )


def order(kind: str = "OMI^O23", control_id: str = "O1") -> str:
    """An order of a CT."""
    return message(
        kind,
        pid(),
        "ORC|NW|P4||||||^^^|20261120",
        "OBR|1|P4||36813-4^CT Abdomen and Pelvis W contrast IV^LN",
        "IPC|ACC-10|||1.2.3.4",
        control_id=control_id,
    )


def bundle(**more: Any) -> str:
    """A bundle with a patient and a laboratory value."""
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "identifier": {"system": "urn:lab", "value": "B1"},
            "timestamp": "2026-11-20T10:15:00+01:00",
            "entry": [
                {
                    "fullUrl": "urn:uuid:5b0e2a0e-1111-4a4a-8a8a-000000000001",
                    "resource": {
                        "resourceType": "Patient",
                        "id": "p1",
                        "identifier": [{"system": AUTHORITY, "value": NUMBER}],
                        "name": [{"family": "Berg", "given": ["Anna"]}],
                        "birthDate": "1961-04-02",
                    },
                },
                {
                    "resource": {
                        "resourceType": "Observation",
                        "id": "o1",
                        "status": "final",
                        "subject": {"reference": "urn:uuid:5b0e2a0e-1111-4a4a-8a8a-000000000001"},
                        "code": {"coding": [{"system": "http://loinc.org", "code": "9811-1"}]},
                        "effectiveDateTime": "2026-11-19",
                        "valueQuantity": {
                            "value": 210,
                            "unit": "ng/mL",
                            "system": "http://unitsofmeasure.org",
                            "code": "ng/mL",
                        },
                    }
                },
            ],
            **more,
        }
    )
