"""Laws of three-valued logic, on conditions as the content writes them (specification 0.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.logic import parse_condition

NAMES = ("a", "b", "c")
TRUTHS = (True, False, None)
LEAVES = st.one_of(
    st.sampled_from([f"{name} = {truth}" for name in NAMES for truth in "TF"]),
    st.sampled_from(["number > 3", "number <= 3", "code in {x, y}", "list has x", "list = []"]),
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in NAMES},
        "number": st.sampled_from([2, 3, 4]),
        "code": st.sampled_from(["x", "z"]),
        "list": st.sampled_from([(), ("x",), ("y",)]),
    },
)


def join(word, parts):
    return {word: parts}


#: All that can be written without `unless` and without asking whether something is unknown.
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(join, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)),
        st.builds(join, st.just("not"), inner),
    ),
    max_leaves=8,
)


def truth(condition, values):
    return parse_condition(condition).test(values)


def opposite(condition):
    return {"not": condition}


@given(CONDITIONS, CONDITIONS, VALUES)
@pytest.mark.parametrize("word", ["all", "any"])
def test_order_does_not_matter(word, p, q, values):
    assert truth({word: [p, q]}, values) is truth({word: [q, p]}, values)


@given(CONDITIONS, CONDITIONS, CONDITIONS, VALUES)
@pytest.mark.parametrize("word", ["all", "any"])
def test_grouping_does_not_matter(word, p, q, r, values):
    flat = truth({word: [p, q, r]}, values)
    assert truth({word: [{word: [p, q]}, r]}, values) is flat
    assert truth({word: [p, {word: [q, r]}]}, values) is flat


@given(CONDITIONS, VALUES)
@pytest.mark.parametrize("word", ["all", "any"])
def test_saying_it_twice_says_it_once(word, p, values):
    assert truth({word: [p, p]}, values) is truth(p, values)
    assert truth({word: [p]}, values) is truth(p, values)


@given(CONDITIONS, CONDITIONS, VALUES)
def test_de_morgan(p, q, values):
    both, either = {"all": [p, q]}, {"any": [p, q]}
    assert truth(opposite(both), values) is truth({"any": [opposite(p), opposite(q)]}, values)
    assert truth(opposite(either), values) is truth({"all": [opposite(p), opposite(q)]}, values)


@given(CONDITIONS, CONDITIONS, CONDITIONS, VALUES)
def test_each_distributes_over_the_other(p, q, r, values):
    assert truth({"all": [p, {"any": [q, r]}]}, values) is truth(
        {"any": [{"all": [p, q]}, {"all": [p, r]}]}, values
    )
    assert truth({"any": [p, {"all": [q, r]}]}, values) is truth(
        {"all": [{"any": [p, q]}, {"any": [p, r]}]}, values
    )


@given(CONDITIONS, CONDITIONS, VALUES)
def test_absorption(p, q, values):
    assert truth({"all": [p, {"any": [p, q]}]}, values) is truth(p, values)
    assert truth({"any": [p, {"all": [p, q]}]}, values) is truth(p, values)


@given(CONDITIONS, VALUES)
def test_double_negation(p, values):
    assert truth(opposite(opposite(p)), values) is truth(p, values)


@given(CONDITIONS, VALUES)
def test_the_middle_is_excluded_only_where_all_is_known(p, values):
    known = {"number": 3, "code": "x", "list": (), **dict.fromkeys(NAMES, True), **values}
    assert truth({"any": [p, opposite(p)]}, known) is True
    assert truth({"all": [p, opposite(p)]}, known) is False
    assert truth({"any": [p, opposite(p)]}, values) is not False


@given(CONDITIONS, VALUES, VALUES)
def test_what_is_learned_never_turns_true_into_false(p, values, learned):
    """All, any and not are monotone: more knowledge settles what was unknown, nothing else."""
    before, after = truth(p, values), truth(p, {**learned, **values})
    assert before is None or after is before


@given(CONDITIONS, VALUES)
def test_unless_is_true_wherever_its_condition_is_not(p, values):
    assert truth({"unless": p}, values) is (truth(p, values) is not True)


@given(CONDITIONS, CONDITIONS, VALUES)
def test_unless_obeys_de_morgan_too(p, q, values):
    assert truth({"unless": {"any": [p, q]}}, values) is truth(
        {"all": [{"unless": p}, {"unless": q}]}, values
    )


def test_unless_and_the_question_for_unknown_are_the_exceptions_to_that():
    """They speak of what is known, so what is learned can turn them: on purpose."""
    for condition in ({"unless": "a = T"}, "a = unknown"):
        assert truth(condition, {}) is True
        assert truth(condition, {"a": True}) is False


@given(st.sampled_from(NAMES), VALUES)
def test_the_question_for_unknown_always_has_an_answer(name, values):
    assert truth(f"{name} = unknown", values) is (name not in values)
    assert truth(f"{name} != unknown", values) is (name in values)


@given(CONDITIONS, VALUES)
def test_a_condition_reads_only_the_names_it_says(p, values):
    names = parse_condition(p).names
    assert truth(p, {name: values[name] for name in names if name in values}) is truth(p, values)
