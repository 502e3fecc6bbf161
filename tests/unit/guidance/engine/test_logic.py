import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.logic import (
    Comparison,
    ConditionError,
    conjunction,
    disjunction,
    explain,
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
        ("a = unknown", {}, True),
        ("a = unknown", {"a": False}, False),
        ("a != unknown", {}, False),
        ("a != unknown", {"a": 0}, True),
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


def test_a_condition_keeps_its_tree():
    condition = parse_condition({"all": ["a in {x, y}", {"not": "b >= 3"}]})
    first, second = condition.parts
    assert (condition.kind, first.kind, second.kind) == ("all", "leaf", "not")
    assert first.comparison == Comparison("a", "in", ("x", "y"))
    assert second.parts[0].comparison == Comparison("b", ">=", 3.0)
    assert second.raw == {"not": "b >= 3"}


def test_explain_tells_the_state_of_every_part():
    raw = {"any": ["a = T", {"all": ["b = T", {"unless": "c = T"}]}]}
    tree = explain(parse_condition(raw), {"a": False, "b": True}, _say_nothing)
    assert states(tree) == ("met", [("not met", []), ("met", [("met", []), ("met", UNLESS)])])


#: The condition inside `unless` is itself unknown.
UNLESS = [("unknown", [])]


def _say_nothing(condition):
    return {"fact": None}


def states(tree):
    return tree["state"], [states(part) for part in tree["parts"]]


def test_a_part_that_is_said_in_one_line_is_not_taken_apart():
    condition = parse_condition({"unless": "a = T"})
    tree = explain(condition, {}, lambda part: {"fact": "a"})
    assert tree == {"kind": "unless", "state": "met", "fact": "a", "parts": []}


LEAVES = st.sampled_from(["a = T", "b = F", "c = unknown", "a != unknown", "b = T"])
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda part: {"unless": part}, inner),
    ),
    max_leaves=8,
)


@given(CONDITIONS, st.dictionaries(st.sampled_from(NAMES), st.booleans()))
def test_a_tree_stands_as_its_condition_does(raw, values):
    condition = parse_condition(raw)
    tree = explain(condition, values, _say_nothing)

    def computed(node, part):
        below = [computed(*pair) for pair in zip(node["parts"], part.parts, strict=True)]
        joined = {"all": conjunction, "any": disjunction}
        if part.kind in joined:
            truth = joined[part.kind](below)
        elif part.kind == "not":
            truth = negation(below[0])
        else:
            truth = below[0] is not True if part.kind == "unless" else part.test(values)
        assert node["state"] == {True: "met", False: "not met", None: "unknown"}[truth]
        return truth

    assert computed(tree, condition) is condition.test(values)


@pytest.mark.parametrize(
    "raw", ["age is 18", "a > unknown", {"none": []}, {"all": [], "any": []}, 3]
)
def test_what_is_no_condition_is_refused(raw):
    with pytest.raises(ConditionError):
        parse_condition(raw)
