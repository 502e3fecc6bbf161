"""Allergies and devices: what speaks against an examination."""

import pytest

from cases.readings.fhir import read
from cases.readings.naming import OTHER_MEANING
from tests.unit.readings.fhir.resources import (
    LAB,
    LOCAL,
    SCT,
    TABLES,
    concept,
    resource,
)

IODINATED = concept(SCT, "426722004")
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SEVERE = "iodinated_contrast_severe_allergy"


def allergy(code=IODINATED, *, verification=None, clinical=None, **elements):
    """An AllergyIntolerance."""
    if verification:
        elements["verificationStatus"] = concept(f"{TABLES}/x", verification)
    if clinical:
        elements["clinicalStatus"] = concept(f"{TABLES}/x", clinical)
    patient = {"reference": "Patient/p"}
    return resource("AllergyIntolerance", subject=None, patient=patient, code=code, **elements)


def device(**elements):
    """A Device."""
    return resource("Device", subject=None, patient={"reference": "Patient/p"}, **elements)


def values(given):
    """The facts that were read."""
    return [(one.values["fact"], one.values["value"]) for one in read(given, local=LOCAL).readings]


def reasons(given):
    """Why something was not read."""
    return [one.reason for one in read(given, local=LOCAL).unread]


@pytest.mark.parametrize(
    ("elements", "is_severe"),
    [
        ({"criticality": "high"}, True),
        ({"reaction": [{"severity": "severe"}]}, True),
        ({"reaction": [{"severity": "mild"}]}, False),
        ({"criticality": "low", "verification": "confirmed"}, False),
        ({"criticality": "high", "verification": "refuted"}, False),
        ({"code": None, "reaction": [{"substance": IODINATED, "severity": "severe"}]}, True),
    ],
)
def test_a_severe_allergy_to_iodinated_contrast(elements, is_severe):
    given = allergy(**elements)

    assert values(given) == [(SEVERE, is_severe)]
    assert read(given).readings[0].subject == "Patient/p"


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({}, "How severe it is is not said."),
        (
            {"code": concept(SCT, "440223009")},
            OTHER_MEANING,
        ),
        ({"code": concept(SCT, "91936005")}, "This code has no meaning here."),
        ({"criticality": "high", "verification": "entered-in-error"}, "It was entered in error."),
        ({"criticality": "high", "verification": "unconfirmed"}, "It is not confirmed"),
        ({"criticality": "high", "clinical": "resolved"}, "It is said to be over."),
    ],
)
def test_what_says_nothing_of_contrast(elements, reason):
    given = allergy(**elements)

    assert values(given) == []
    assert any(why.startswith(reason) for why in reasons(given))


def test_the_fact_itself_by_a_code_of_the_hospital():
    given = allergy(concept(LAB, "KM"), criticality="high")

    assert len(read(given, local={(LAB, "KM"): f"fact/{SEVERE}"}).readings) == 1


def test_a_device_that_forbids_mri():
    given = device(type=concept(SCT, "14106009"), safety=[concept(NCIT, "C106047")])

    assert values(given) == [
        ("mri_contraindicated", True),
        ("mri_contraindication_reason", "incompatible_device"),
    ]


@pytest.mark.parametrize("code", [concept(SCT, "14106009"), concept(LAB, "PACE")])
def test_a_pacemaker_is_a_reason_and_a_person_says_whether_it_forbids(code):
    assert values(device(type=code, status="active")) == [
        ("mri_contraindication_reason", "pacemaker")
    ]


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"type": concept("x", "1")}, "This code has no meaning here."),
        ({"status": "inactive"}, "It is no longer in use."),
        ({"status": "entered-in-error"}, "It was entered in error."),
        ({"safety": [concept(NCIT, "C106046")]}, "It allows MRI"),
    ],
)
def test_devices_that_say_nothing(elements, reason):
    given = device(**elements)

    assert values(given) == []
    assert any(why.startswith(reason) for why in reasons(given))
