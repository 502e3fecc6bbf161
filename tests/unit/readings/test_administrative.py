"""What a page may fold away: never a code, a value, or what may be of a disease."""

import pytest

from cases.readings import fhir, hl7v2
from cases.readings.administrative import is_administrative
from cases.readings.fhir.part import NO_PLACE
from cases.readings.reading import Unread


@pytest.mark.parametrize(
    ("path", "reason", "is_folded"),
    [
        ("PID[1]-11", NO_PLACE, True),
        ("PV1[1]", hl7v2.NOT_READ, True),
        ("OBR[1]-16", NO_PLACE, True),
        ("PID[1]-30", NO_PLACE, False),
        ("OBR[1]-13", NO_PLACE, False),
        ("OBX[1]-8", NO_PLACE, False),
        ("DG1[1]", hl7v2.NOT_READ, False),
        ("PID[1]-8", "This code of sex is not known here.", False),
        ("Patient.telecom", NO_PLACE, True),
        ("Observation.performer[0].display", NO_PLACE, True),
        ("Practitioner", fhir.NOT_READ, True),
        ("Observation.interpretation", NO_PLACE, False),
        ("Patient.deceasedBoolean", NO_PLACE, False),
        ("FamilyMemberHistory", fhir.NOT_READ, False),
    ],
)
def test_what_is_folded_away(path, reason, is_folded):
    assert is_administrative(Unread(path, reason)) is is_folded


def test_a_code_that_nobody_knows_is_always_shown():
    assert not is_administrative(Unread("PID[1]-10", NO_PLACE, "urn:x", "C1"))
