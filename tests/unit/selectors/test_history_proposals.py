"""What treatments suggest, for a clinician to say."""

import pytest

from cases.selectors.history_proposals import proposals
from tests.factories.history import some_treatment as given


def suggested(*treatments, known=None):
    return {found.fact: found.value for found in proposals(treatments, known=known or {})}


def test_no_treatment_suggests_nothing():
    assert suggested() == {}


def test_any_treatment_of_the_tumor_suggests_that_it_was_treated():
    found = proposals([given("SSA", "2025-01-01", "2025-06-01")], known={})
    assert [(row.fact, row.value) for row in found] == [
        ("definitive_treatment_done", True),
        ("treated_for_current_disease", True),
    ]
    assert found[0].because == "Somatostatin analog, from 1 Jan 2025, to 1 Jun 2025"
    assert found[0].source == "002 L11; INT; A-02"


def test_a_treatment_for_symptoms_is_none_of_the_tumor():
    assert "definitive_treatment_done" not in suggested(given("SSA", intent="symptom_control"))


def test_what_is_known_is_not_suggested():
    assert suggested(given("SSA"), known={"definitive_treatment_done": True}) == {
        "treated_for_current_disease": True
    }


@pytest.mark.parametrize(
    ("treatments", "expected"),
    [
        ([given("surgery_primary", "2024-01-01"), given("TACE", "2025-01-01")], True),
        ([given("surgery_primary", "2024-01-01"), given("TACE", "2023-01-01")], None),
        ([given("surgery_primary", "2024-01-01"), given("TACE")], None),
        ([given("surgery_primary"), given("TACE", "2025-01-01")], None),
        ([given("chemo", "2025-01-01", intent="neoadjuvant")], None),
        ([given("surgery_primary", "2024-01-01")], None),
    ],
)
def test_what_came_after_the_last_operation_was_for_the_current_disease(treatments, expected):
    assert suggested(*treatments).get("treated_for_current_disease") is expected


@pytest.mark.parametrize(
    ("treatments", "expected"),
    [
        ([given("surgery_primary", "2024-01-01", margin="R0")], "complete"),
        ([given("surgery_primary", "2024-01-01", margin="R1")], None),
        ([given("surgery_primary", "2024-01-01")], None),
        ([given("surgery_primary", margin="R0")], None),
        ([given("surgery_primary", "2024-01-01", margin="R2")], "incomplete"),
        (
            [
                given("surgery_primary", "2024-01-01", margin="R2"),
                given("surgery_liver", "2025-01-01", margin="R0"),
            ],
            None,
        ),
        ([given("surgery_liver", "2024-01-01", margin="R0")], None),
        (
            [
                given("surgery_primary", "2024-01-01", margin="R0"),
                given("ablation", "2024-02-01"),
            ],
            None,
        ),
        (
            [
                given("surgery_primary", "2024-01-01", margin="R0"),
                given("debulking", "2024-02-01", margin="R0"),
            ],
            None,
        ),
        (
            [
                given("surgery_primary", "2024-01-01", margin="R0"),
                given("surgery_liver", "2024-02-01", margin="R0"),
            ],
            "complete",
        ),
        ([given("SSA", "2024-01-01")], None),
    ],
)
def test_margins_suggest_how_complete_a_resection_was(treatments, expected):
    assert suggested(*treatments).get("resection_status") == expected


def test_what_a_person_said_otherwise_stands_beside_it():
    known = {"definitive_treatment_done": False}
    found = proposals([given("TACE", "2025-01-01")], known=known)
    assert [(row.fact, row.value, row.answered) for row in found] == [
        ("definitive_treatment_done", True, False),
        ("treated_for_current_disease", True, None),
    ]


def test_macroscopic_residue_contradicts_a_complete_resection_but_r0_no_incomplete_one():
    r2 = given("surgery_primary", "2024-01-01", margin="R2")
    r0 = given("surgery_primary", "2024-01-01", margin="R0")
    assert suggested(r2, known={"resection_status": "complete"})["resection_status"] == "incomplete"
    assert "resection_status" not in suggested(r0, known={"resection_status": "incomplete"})
