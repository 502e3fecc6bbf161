import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.logic import (
    ConditionError,
    conjunction,
    disjunction,
    negation,
    parse_condition,
)

TRUTHS = st.sampled_from([True, False, None])
NAMES = ("a", "b", "c")


@pytest.mark.parametrize(
    ("raw", "values", "truth"),
    [
        ("a = T", {"a": True}, True),
        ("a = T", {}, None),
        ("a != x", {"a": "y"}, True),
        ("a >= 18", {"a": 18}, True),
        ("a <= 3", {"a": 3.5}, False),
        ("a > 20", {"a": 20}, False),
        ("a < 3", {}, None),
        ("a in {x, y}", {"a": "y"}, True),
        ("a in {x, y}", {}, None),
        ("a has MRI", {"a": ("CT",)}, False),
        ("a has MRI", {}, None),
        ("a = []", {"a": ()}, True),
        ("@grade = G3", {"@grade": "G3"}, True),
        ({"all": ["a = T", "b = T"]}, {"a": False}, False),
        ({"all": ["a = T", "b = T"]}, {"a": True}, None),
        ({"all": ["a = T", "b = T"]}, {"a": True, "b": True}, True),
        ({"any": ["a = T", "b = T"]}, {"b": True}, True),
        ({"any": ["a = T", "b = T"]}, {"b": False}, None),
        ({"any": ["a = T", "b = T"]}, {"a": False, "b": False}, False),
        ({"not": "a = T"}, {}, None),
        ({"not": "a = T"}, {"a": False}, True),
        ({"unless": "a = T"}, {}, True),
        ({"unless": "a = T"}, {"a": True}, False),
    ],
)
def test_condition(raw, values, truth):
    assert parse_condition(raw).test(values) is truth


@given(st.lists(TRUTHS, min_size=1, max_size=3))
def test_joined_conditions_follow_three_valued_logic(truths):
    values = {name: truth for name, truth in zip(NAMES, truths, strict=False) if truth is not None}
    parts = [f"{name} = T" for name, _ in zip(NAMES, truths, strict=False)]
    assert parse_condition({"all": parts}).test(values) is conjunction(truths)
    assert parse_condition({"any": parts}).test(values) is disjunction(truths)
    # De Morgan holds with unknowns too.
    negated = [negation(truth) for truth in truths]
    assert negation(conjunction(truths)) is disjunction(negated)


def test_a_condition_knows_what_it_reads():
    condition = parse_condition({"any": ["b = T", {"not": "@grade = G1"}, "a > 1", "b = F"]})
    assert condition.names == ("b", "@grade", "a")
    assert condition.facts == ("b", "a")


@pytest.mark.parametrize("raw", ["age is 18", {"none": []}, {"all": [], "any": []}, 3])
def test_what_is_no_condition_is_refused(raw):
    with pytest.raises(ConditionError):
        parse_condition(raw)
