import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.calculators.targets import Target, check_targets, classify_node


def lesions(**counts):
    return [Target(organ, 20) for organ, count in counts.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("targets", "faults"),
    [
        # E27 to E29 of specification 14.8.
        (lesions(liver=3), ("more_than_two_targets_in_one_organ",)),
        ([*lesions(liver=2, lung=1), *[Target("node", 15, is_node=True)] * 2], ()),
        (lesions(liver=2, lung=2, spleen=2), ("more_than_five_targets",)),
        # Either side of the limits, and both broken.
        (lesions(liver=2), ()),
        (lesions(liver=2, lung=2, spleen=1), ()),
        (lesions(liver=6), ("more_than_five_targets", "more_than_two_targets_in_one_organ")),
        ([], ()),
    ],
    ids=str,
)
def test_a_set_of_targets_keeps_to_five_and_to_two_in_an_organ(targets, faults):
    got = check_targets(targets)
    assert (got.valid, got.faults, got.too_small) == (not faults, faults, ())


def test_an_organ_is_one_whatever_its_spelling_and_all_nodes_are_one():
    assert not check_targets([Target(organ, 20) for organ in ("Liver", "liver ", "LIVER")]).valid
    nodes = [Target(place, 15, is_node=True) for place in ("hilar", "iliac", "cervical")]
    assert not check_targets(nodes).valid


def test_a_lesion_too_small_to_measure_is_named_without_breaking_rsp_01():
    targets = [
        Target("liver", 10),
        Target("lung", 9.9),
        Target("hilar", 15, is_node=True),
        Target("iliac", 14.9, is_node=True),
    ]
    got = check_targets(targets)
    assert (got.valid, got.too_small) == (True, (1, 3))
    assert got.faults == ("target_not_measurable",)


@pytest.mark.parametrize(
    ("short_axis_mm", "expected"),
    [
        (0, "normal"),
        (9.9, "normal"),
        (10, "non_target"),
        (14.9, "non_target"),
        (15, "target"),
    ],
)
def test_a_node_counts_by_its_short_axis(short_axis_mm, expected):
    assert classify_node(short_axis_mm) == expected


@pytest.mark.parametrize("size_mm", [-1, float("nan"), float("inf")])
def test_an_impossible_size_is_refused(size_mm):
    with pytest.raises(ValueError, match="a size must be"):
        Target("liver", size_mm)
    with pytest.raises(ValueError, match="a size must be"):
        classify_node(size_mm)


targets = st.lists(
    st.builds(Target, st.sampled_from(["liver", "Liver", "lung"]), st.floats(0, 300), st.booleans())
)


@given(targets, st.randoms())
def test_the_order_of_the_targets_does_not_matter(given_targets, random):
    shuffled = list(given_targets)
    random.shuffle(shuffled)
    assert check_targets(shuffled).faults == check_targets(given_targets).faults


@given(targets)
def test_a_part_of_a_valid_set_is_valid(given_targets):
    if check_targets(given_targets).valid:
        assert check_targets(given_targets[1:]).valid
