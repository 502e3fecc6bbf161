"""Resources as a hospital's interface would send them."""

from typing import Any

NUMBERS = "http://hospital.example/mrn"
UCUM = "http://unitsofmeasure.org"


def patient(number: str = "H-100", **more: Any) -> dict[str, Any]:
    """A patient with a record number and a number of another kind."""
    record = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
    return {
        "resourceType": "Patient",
        "identifier": [
            {"type": record, "system": NUMBERS, "value": number},
            {"system": "http://insurance.example", "value": f"INS-{number}"},
        ],
        "name": [{"use": "official", "family": "Lovelace", "given": ["Ada", "B."]}],
        "gender": "female",
        "birthDate": "1965-12-10",
        "telecom": [{"system": "phone", "value": "+49 30 1"}],
        **more,
    }


def tumor(subject: str, **more: Any) -> dict[str, Any]:
    """A tumor of the endocrine pancreas."""
    return {
        "resourceType": "Condition",
        "identifier": [{"system": "http://hospital.example/diagnosis", "value": "D-1"}],
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": "active",
                }
            ]
        },
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C25.4"}],
            "text": "NET of the pancreatic tail",
        },
        "subject": {"reference": subject},
        **more,
    }


def chromogranin(subject: str, value: Any = 120, **more: Any) -> dict[str, Any]:
    """A laboratory value."""
    return {
        "resourceType": "Observation",
        "identifier": [{"system": "http://lab.example", "value": "L-1"}],
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "9811-1"}]},
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-03-02T08:15:00+01:00",
        "valueQuantity": {"value": value, "unit": "ng/mL", "system": UCUM, "code": "ng/mL"},
        "note": [{"text": "Fasting."}],
        **more,
    }


def pain(subject: str, **more: Any) -> dict[str, Any]:
    """An observation that the record has no row for."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "72514-3"}], "text": "Pain"},
        "subject": {"reference": subject},
        "valueInteger": 3,
        **more,
    }
