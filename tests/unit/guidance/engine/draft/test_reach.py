import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.draft.reach import can_hold, leaves
from guidance.engine.draft.vocabulary import terms
from guidance.engine.logic import parse_condition
from tests.unit.guidance.drafts import FACTS, draft

TERMS = terms(draft(facts=FACTS))


@pytest.mark.parametrize(
    "condition",
    [
        "mri_available = T",
        "mri_available = unknown",
        "mri_available != unknown",
        "age_years < 18",
        "age_years != unknown",
        "height != unknown",
        "height > 3",
        "new_symptoms = []",
        "treatments = []",
        "resection_date != unknown",
        "nobody_knows = this",
        {"not": "new_symptoms = []"},
        {"not": "treatments = []"},
        {"all": ["new_symptoms has pain", "new_symptoms has jaundice"]},
        {"all": ["age_years > 18", "age_years < 20"]},
        {"all": ["differentiation != well", "differentiation != unknown"]},
        {"unless": "mri_available != unknown"},
        # What cannot be read or compared is told elsewhere.
        "no condition",
        {"all": 3},
        "new_symptoms > 3",
    ],
)
def test_a_condition_that_some_case_meets(condition):
    assert can_hold([condition], TERMS)


@pytest.mark.parametrize(
    "condition",
    [
        "age_years > 120",
        "age_years < 0",
        "differentiation = moderate",
        "new_symptoms has fever",
        {"all": ["mri_available = T", "mri_available = F"]},
        {"all": ["age_years < 18", "age_years > 18"]},
        {"all": ["differentiation = well", "differentiation = unknown"]},
        {"all": ["new_symptoms = []", "new_symptoms has pain"]},
        {"all": ["differentiation != well", "differentiation != poor"]},
        {"all": ["mri_available = T", {"unless": "mri_available = T"}]},
    ],
)
def test_a_condition_that_no_case_meets(condition):
    assert not can_hold([condition], TERMS)


def test_what_must_not_hold_beside_it():
    assert can_hold(["mri_available = T"], TERMS, while_not=["differentiation = well"])
    assert not can_hold(["mri_available = T"], TERMS, while_not=["mri_available != unknown"])
    assert not can_hold([], TERMS, while_not=[{"any": ["height = 1", {"unless": "height = 1"}]}])


def test_only_the_given_values_can_be_had():
    assert can_hold(["@status = FULL"], TERMS, given={"@status": ["FULL"]})
    assert not can_hold(["@status = FULL"], TERMS, given={"@status": ["NAMED"]})
    assert can_hold([{"unless": "@status = FULL"}], TERMS, given={"@status": ["FULL", "NAMED"]})
    assert not can_hold([{"unless": "@status = FULL"}], TERMS, given={"@status": ["FULL"]})


@pytest.mark.parametrize("count", [13, 40])
def test_a_list_of_too_many_members_is_not_gone_through(count):
    never = ["mri_available = T", "mri_available = F"]
    long = {"any": [f"@actions has ACT-{number}" for number in range(count)]}
    assert can_hold([*never, long], TERMS)


def test_too_many_cases_are_not_gone_through():
    never = ["mri_available = T", "mri_available = F"]
    many = [f"number_{number} > 1" for number in range(10)]
    numbers = {f"number_{number}": TERMS["height"] for number in range(10)}
    assert can_hold([*never, *many], {**TERMS, **numbers})


def test_comparisons_are_found_with_their_place():
    condition = {"all": ["a = T", {"any": ["b = T", {"not": "c = T"}]}]}
    assert dict(leaves(condition)) == {
        ("all", 0): "a = T",
        ("all", 1, "any", 0): "b = T",
        ("all", 1, "any", 1, "not"): "c = T",
    }
    assert list(leaves(3)) == []


LEAVES = st.sampled_from(
    [
        "mri_available = T",
        "mri_available = F",
        "age_years > 18",
        "age_years <= 18",
        "differentiation = well",
        "differentiation = unknown",
        "new_symptoms has pain",
        "new_symptoms = []",
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda part: {"unless": part}, inner),
    ),
    max_leaves=6,
)
CASES = st.fixed_dictionaries(
    {},
    optional={
        "mri_available": st.booleans(),
        "age_years": st.integers(0, 120),
        "differentiation": st.sampled_from(["well", "poor"]),
        "new_symptoms": st.sampled_from([(), ("pain",), ("jaundice",), ("pain", "jaundice")]),
    },
)


@given(CONDITIONS, CASES)
def test_no_case_meets_what_is_said_to_hold_in_none(condition, case):
    if parse_condition(condition).test(case) is True:
        assert can_hold([condition], TERMS)
    else:
        assert can_hold([], TERMS, while_not=[condition])
