"""What devices, reactions and renal values say, and what they leave to a person."""

import datetime
import uuid

import pytest

from cases.models import Allergy, Device
from cases.selectors.feasibility import feasibility_facts, kidney_of
from guidance.engine.facts import parse_facts
from tests.factories.labs import lab_result

ON = datetime.date(2026, 7, 1)
DAY = datetime.timedelta(days=1)
#: Named, so that no scope is asked for.
NOWHERE = uuid.uuid4()


def device(**fields):
    return Device(institution_id=NOWHERE, **fields)


def said(devices=(), allergies=()):
    found = dict(feasibility_facts(devices, allergies, on=ON))
    parse_facts({name: known.value for name, known in found.items()})
    return {name: known.value for name, known in found.items()}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("pacemaker", "pacemaker"), ("defibrillator", "incompatible_device"),
     ("cochlear_implant", "incompatible_device")],
)  # fmt: skip
def test_an_unsafe_device_rules_mri_out(kind, reason):
    found = device(kind=kind, mri_safety="unsafe")
    expected = {"mri_contraindicated": True, "mri_contraindication_reason": reason}
    assert said([found]) == expected


def test_the_device_is_named_and_the_record_goes_before_any_answer():
    found = device(kind="pacemaker", mri_safety="unsafe")
    known = dict(feasibility_facts([found], [], on=ON))["mri_contraindicated"]
    assert known.origin == "In place and MR unsafe: Pacemaker"
    assert known.provenance == {"devices": [str(found.id)]}
    assert known.entered_at is None


@pytest.mark.parametrize(
    "fields",
    [{"mri_safety": "conditional"}, {"mri_safety": "safe"}, {"mri_safety": ""},
     {"mri_safety": "unsafe", "removed_on": ON}],
)  # fmt: skip
def test_any_other_device_leaves_the_question_open(fields):
    assert said([device(kind="pacemaker", **fields)]) == {}


def test_a_device_that_was_removed_later_was_in_place():
    found = device(kind="pacemaker", mri_safety="unsafe", removed_on=ON + DAY)
    assert said([found])["mri_contraindicated"] is True


def severe(**fields):
    return Allergy(
        institution_id=NOWHERE,
        **{"substance": "iodinated_contrast", "severity": "severe", **fields},
    )


def test_a_severe_reaction_to_iodinated_contrast_is_said_with_its_words():
    row = severe(reaction="anaphylaxis", occurred_on=datetime.date(2024, 5, 2))
    known = dict(feasibility_facts([], [row, severe()], on=ON))["iodinated_contrast_severe_allergy"]
    assert known.value is True
    assert known.origin == (
        "Severe reaction to iodinated contrast on 2 May 2024: anaphylaxis; "
        "Severe reaction to iodinated contrast, date unknown"
    )


@pytest.mark.parametrize(
    "fields",
    [{"severity": "moderate"}, {"severity": "mild"}, {"severity": ""}, {"refuted_on": ON},
     {"substance": "gadolinium_contrast"}, {"substance": "other"}],
)  # fmt: skip
def test_any_other_reaction_leaves_the_questions_open(fields):
    assert said(allergies=[severe(**fields)]) == {}


def test_a_reaction_that_was_refuted_later_stood():
    assert said(allergies=[severe(refuted_on=ON + DAY)])


def test_the_newest_renal_values_come_with_their_age():
    rows = [
        lab_result("creatinine", "1.0", "mg/dL", "2026-04-08"),
        lab_result("egfr", "80", "mL/min/1.73 m²", "2025-01-01"),
        lab_result("egfr", "70", "mL/min/1.73 m²", "2026-04-09"),
        lab_result("alp", "100", "U/L", "2026-06-01"),
        lab_result("egfr", "60", "mL/min/1.73 m²", "2026-07-02"),
    ]
    found = [(value.point.words, value.weeks, value.is_old) for value in kidney_of(rows, on=ON)]
    assert found == [("70 mL/min/1.73 m²", 11, False), ("1 mg/dL", 12, True)]
    assert kidney_of([], on=ON) == []
