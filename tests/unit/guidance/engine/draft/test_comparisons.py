import pytest

from guidance.engine.draft.comparisons import find_bad_comparisons
from guidance.engine.draft.vocabulary import terms
from guidance.engine.schema import Named
from tests.unit.guidance.drafts import FACTS, draft, told

TERMS = terms(draft(facts=FACTS))


def tell(condition):
    document = draft(a=f"when: {condition}")["a"]
    named = Named("condition", ("when",), document.value["when"], is_key=False)
    return told(find_bad_comparisons(document, named, TERMS))


@pytest.mark.parametrize(
    "condition",
    [
        "mri_available = T",
        "mri_available != F",
        "differentiation = well",
        '"differentiation in {well, poor}"',
        "differentiation != unknown",
        "new_symptoms has pain",
        '"new_symptoms = []"',
        '"treatments = []"',
        "ki67_percent >= 2.5",
        "height > -3",
        '"@treatment_types has TACE"',
        '"@status in {FULL, NAMED}"',
        # Nothing is known of what no file of the draft defines.
        '"@branch = B-99"',
    ],
)
def test_what_can_be_compared(condition):
    assert tell(condition) == []


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("tumour = T", "tumour is no fact of facts.yaml"),
        ('"@tumour = T"', "@tumour is nothing that the engine finds"),
        ("mri_available = yes", "mri_available is never yes"),
        ("mri_available > 3", "> does not compare mri_available"),
        ('"mri_available in {T, F}"', "in does not compare mri_available"),
        ("differentiation = moderate", "differentiation is never moderate"),
        ('"differentiation in {well, bad, worse}"', "differentiation is never bad or worse"),
        ("differentiation has well", "has does not compare differentiation"),
        ("differentiation > unknown", "only = and != ask for unknown"),
        ("new_symptoms has fever", "new_symptoms is never fever"),
        ("new_symptoms = pain", "= does not compare new_symptoms"),
        ('"new_symptoms > []"', "only = and != ask for an empty list"),
        ("treatments has SSA", "has does not compare treatments"),
        ("age_years > old", "age_years is never old"),
        ("age_years > 121", "age_years is never 121"),
        ("age_years > -1", "age_years is never -1"),
        ("resection_date > 3", "> does not compare resection_date"),
        ('"@treatment_types has surgery"', "@treatment_types is never surgery"),
        ('"@grade = G4"', "@grade is never G4"),
    ],
)
def test_what_cannot_be_compared(condition, reason):
    assert tell(condition) == [f"a.yaml:1:7: {condition.strip(chr(34))}: {reason}"]


def test_every_comparison_of_a_joined_condition_has_its_place():
    assert tell("{all: [mri_available = T, {not: x = T}, {any: [y = T]}]}") == [
        "a.yaml:1:39: x = T: x is no fact of facts.yaml",
        "a.yaml:1:54: y = T: y is no fact of facts.yaml",
    ]
