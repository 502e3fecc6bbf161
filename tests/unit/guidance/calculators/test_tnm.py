from dataclasses import fields, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guidance.calculators.tnm import Extent, classify_extent, stage_tumor

SYSTEMS = ("ENETS", "UICC", "AJCC8")
CLEAR = Extent(
    primary_size_mm=15,
    limited_to_pancreas=True,
    invades_duodenum=False,
    invades_bile_duct=False,
    invades_adjacent_organs=(),
    involves_celiac_axis=False,
    involves_sma=False,
)
UNKNOWN = Extent(None, None, None, None, None, None, None)
FACTS = tuple(field.name for field in fields(Extent))
BOUNDARY = "boundary_not_defined_in_source"


def extent(**facts):
    return replace(CLEAR, **facts)


def beyond(**facts):
    return extent(limited_to_pancreas=False, **facts)


# Specification 14.6.
MICRO_CASES = [
    (extent(primary_size_mm=19.9), "T1", "T1"),
    (extent(primary_size_mm=20), "T2", None),
    (extent(primary_size_mm=20.1), "T2", "T2"),
    (extent(primary_size_mm=40), "T2", "T2"),
    (extent(primary_size_mm=40.1), "T3", "T2"),
    (beyond(invades_duodenum=True), "T3", "T3"),
    (beyond(invades_bile_duct=True), "T3", "T3"),
    (beyond(primary_size_mm=25, invades_adjacent_organs=("spleen",)), "T4", "T3"),
    (beyond(primary_size_mm=25, involves_celiac_axis=True), "T4", "T4"),
    (beyond(primary_size_mm=25, involves_sma=True), "T4", "T4"),
]


@pytest.mark.parametrize(("given_extent", "enets", "uicc"), MICRO_CASES, ids=str)
def test_t_micro_case(given_extent, enets, uicc):
    assert classify_extent("ENETS", given_extent).category == enets
    assert classify_extent("AJCC8", given_extent).category == enets
    assert classify_extent("UICC", given_extent).category == uicc


@pytest.mark.parametrize("size_mm", [20, 20.0])
def test_uicc_at_exactly_20_mm_says_that_the_source_does_not_define_the_boundary(size_mm):
    got = classify_extent("UICC", extent(primary_size_mm=size_mm))
    assert (got.category, got.at_least, got.missing, got.reason) == (None, None, (), BOUNDARY)


def test_beyond_the_pancreas_with_nothing_invaded_has_no_class_in_enets():
    got = classify_extent("ENETS", beyond())
    assert (got.category, got.missing) == (None, ())
    assert got.reason == "extent_not_defined_in_source"


@pytest.mark.parametrize(
    ("system", "given_extent", "category", "at_least", "possible", "missing"),
    [
        # A higher category that is unknown blocks the lower one that is known.
        (
            "ENETS",
            extent(involves_sma=None),
            None,
            "T1",
            ("T1", "T4"),
            ("involves_sma",),
        ),
        (
            "ENETS",
            extent(primary_size_mm=30, invades_duodenum=None, invades_adjacent_organs=None),
            None,
            "T2",
            ("T2", "T3", "T4"),
            ("invades_duodenum", "invades_adjacent_organs"),
        ),
        # What is known to be high needs nothing more.
        ("ENETS", replace(UNKNOWN, involves_celiac_axis=True), "T4", "T4", ("T4",), ()),
        ("ENETS", replace(UNKNOWN, invades_adjacent_organs=("colon",)), "T4", "T4", ("T4",), ()),
        (
            "ENETS",
            replace(UNKNOWN, invades_bile_duct=True),
            None,
            "T3",
            ("T3", "T4"),
            ("invades_adjacent_organs", "involves_celiac_axis", "involves_sma"),
        ),
        ("ENETS", extent(primary_size_mm=50, invades_duodenum=None), "T3", "T3", ("T3",), ()),
        (
            "ENETS",
            extent(primary_size_mm=None),
            None,
            "T1",
            ("T1", "T2", "T3"),
            ("primary_size_mm",),
        ),
        # Not limited and nothing invaded has no class: nothing is sure.
        (
            "ENETS",
            extent(primary_size_mm=30, limited_to_pancreas=None),
            None,
            None,
            ("T2",),
            ("limited_to_pancreas",),
        ),
        ("ENETS", UNKNOWN, None, None, ("T1", "T2", "T3", "T4"), FACTS),
        ("UICC", extent(primary_size_mm=None), None, None, ("T1", "T2"), ("primary_size_mm",)),
        ("UICC", extent(primary_size_mm=90, invades_duodenum=None), "T2", "T2", ("T2",), ()),
        (
            "UICC",
            extent(primary_size_mm=20, involves_sma=None),
            None,
            None,
            ("T4",),
            ("involves_sma",),
        ),
        # An invaded organ shows that the tumor is not limited to the pancreas.
        (
            "UICC",
            extent(limited_to_pancreas=None, invades_adjacent_organs=("spleen",)),
            "T3",
            "T3",
            ("T3",),
            (),
        ),
        (
            "UICC",
            beyond(primary_size_mm=None, involves_sma=None),
            None,
            "T3",
            ("T3", "T4"),
            ("involves_sma",),
        ),
    ],
    ids=str,
)
def test_unknown_facts_leave_a_floor_and_are_asked_for(
    system, given_extent, category, at_least, possible, missing
):
    got = classify_extent(system, given_extent)
    assert (got.category, got.at_least, got.possible) == (category, at_least, possible)
    assert got.missing == missing


@pytest.mark.parametrize("size_mm", [-0.1, float("nan"), float("inf")])
def test_an_impossible_size_is_refused(size_mm):
    with pytest.raises(ValueError, match="a size must be"):
        extent(primary_size_mm=size_mm)


truths = st.booleans() | st.none()
sizes = st.floats(0, 300) | st.sampled_from([19.9, 20, 20.1, 40, 40.1])
organs = st.sampled_from([(), ("stomach",), ("spleen", "colon")])
known_extents = st.builds(Extent, sizes, *[st.booleans()] * 3, organs, st.booleans(), st.booleans())
extents = st.builds(
    Extent, sizes | st.none(), truths, truths, truths, organs | st.none(), truths, truths
)
systems = st.sampled_from(SYSTEMS)


@given(systems, known_extents, st.sets(st.sampled_from(FACTS)))
def test_forgetting_facts_never_makes_a_category_lower_or_another(system, whole, forgotten):
    sure = classify_extent(system, whole)
    vague = classify_extent(system, replace(whole, **dict.fromkeys(forgotten)))
    reaches_beyond = (
        whole.invades_duodenum or whole.invades_bile_duct or whole.invades_adjacent_organs
    )
    contradictory = whole.limited_to_pancreas and reaches_beyond
    # What was recorded against what is invaded would be inferred the other way round.
    assume(not contradictory or "limited_to_pancreas" not in forgotten)
    assert vague.category in (None, sure.category)
    assert vague.at_least is None or vague.at_least <= sure.category
    assert sure.category is None or sure.category in vague.possible
    assert set(vague.missing) <= forgotten


@given(systems, extents)
def test_a_finding_is_definite_or_says_what_it_lacks(system, given_extent):
    got = classify_extent(system, given_extent)
    assert [bool(got.category), bool(got.missing), bool(got.reason)].count(True) == 1
    assert all(getattr(given_extent, fact) is None for fact in got.missing)
    assert got.category is None or got.possible == (got.category,)


@given(systems, extents, sizes, sizes)
def test_a_larger_tumor_never_has_a_lower_category(system, given_extent, one, other):
    small, large = (
        classify_extent(system, replace(given_extent, primary_size_mm=size))
        for size in sorted((one, other))
    )
    if small.category and large.category:
        assert small.category <= large.category


@given(systems, extents, st.sampled_from(FACTS[2:]))
def test_more_invasion_never_has_a_lower_category(system, given_extent, fact):
    value = ("stomach",) if fact == "invades_adjacent_organs" else True
    before = classify_extent(system, given_extent)
    after = classify_extent(system, replace(given_extent, **{fact: value}))
    if before.category and after.category:
        assert before.category <= after.category


@given(extents)
def test_both_arteries_count_alike(given_extent):
    swapped = replace(
        given_extent,
        involves_celiac_axis=given_extent.involves_sma,
        involves_sma=given_extent.involves_celiac_axis,
    )
    for system in SYSTEMS:
        one, other = classify_extent(system, given_extent), classify_extent(system, swapped)
        assert (one.category, one.possible) == (other.category, other.possible)


def stage(system="AJCC8", given_extent=CLEAR, nodes=False, distant=False, **more):
    return stage_tumor(
        system,
        given_extent,
        regional_ln_metastasis=nodes,
        distant_metastasis=distant,
        **{"differentiation": "well", **more},
    )


@pytest.mark.parametrize("system", ["ENETS", "UICC"])
def test_the_sources_give_no_stage_but_iv(system):
    metastatic = stage(system, UNKNOWN, nodes=None, distant=True)
    assert (metastatic.m.category, metastatic.stage.category) == ("M1", "IV")
    local = stage(system, nodes=True)
    assert (local.n.category, local.m.category, local.stage.category) == ("N1", "M0", None)
    assert local.stage.reason == "stage_grouping_not_covered"
    unclear = stage(system, nodes=None, distant=None)
    assert (unclear.n.category, unclear.n.possible) == (None, ("N0", "N1"))
    assert unclear.n.missing == ("regional_ln_metastasis",)
    assert unclear.stage.category is None
    assert unclear.stage.missing == ("distant_metastasis",)


def test_only_ajcc_is_marked_as_beyond_the_sources():
    marked = {system: (stage(system).rule, stage(system).beyond_sources) for system in SYSTEMS}
    assert marked == {"ENETS": ("TNM-1", False), "UICC": ("TNM-2", False), "AJCC8": ("TNM-3", True)}


T2, T3, T4 = (
    extent(primary_size_mm=30),
    extent(primary_size_mm=50),
    extent(involves_sma=True),
)


@pytest.mark.parametrize(
    ("given_extent", "nodes", "distant", "expected"),
    [
        (CLEAR, False, False, "I"),
        (T2, False, False, "II"),
        (T3, False, False, "II"),
        (T4, False, False, "III"),
        (CLEAR, True, False, "III"),
        (UNKNOWN, True, False, "III"),
        (T4, None, False, "III"),
        (CLEAR, False, True, "IV"),
        (UNKNOWN, None, True, "IV"),
    ],
)
def test_ajcc_stage(given_extent, nodes, distant, expected):
    assert stage(given_extent=given_extent, nodes=nodes, distant=distant).stage.category == expected


def test_an_ajcc_stage_that_is_open_names_its_floor_and_what_settles_it():
    by_nodes = stage(given_extent=T2, nodes=None).stage
    assert (by_nodes.category, by_nodes.at_least) == (None, "II")
    assert by_nodes.missing == ("regional_ln_metastasis",)
    # With nodes, T does not matter any more.
    by_distance = stage(given_extent=UNKNOWN, nodes=True, distant=None).stage
    assert (by_distance.at_least, by_distance.missing) == ("III", ("distant_metastasis",))
    by_size = stage(given_extent=extent(primary_size_mm=None)).stage
    assert (by_size.possible, by_size.missing) == (("I", "II"), ("primary_size_mm",))


def test_an_extent_without_a_class_leaves_the_ajcc_stage_open_and_says_why():
    got = stage(given_extent=beyond()).stage
    assert (got.category, got.possible) == (None, ("I", "II", "III"))
    assert (got.missing, got.reason) == ((), "extent_not_defined_in_source")


@pytest.mark.parametrize(
    ("sites", "category", "missing"),
    [
        (("liver",), "M1a", ()),
        (("bone", "lung"), "M1b", ()),
        (("abdominal_ln",), "M1b", ()),
        (("liver", "bone"), "M1c", ()),
        (("liver", "abdominal_ln", "lung"), "M1c", ()),
        (("liver", "abdominal_ln"), "M1", ("metastatic_sites",)),
        ((), "M1", ("metastatic_sites",)),
        (None, "M1", ("metastatic_sites",)),
    ],
)
def test_ajcc_metastasis_by_site(sites, category, missing):
    got = stage(distant=True, metastatic_sites=sites)
    assert (got.m.category, got.m.missing, got.stage.category) == (category, missing, "IV")


def test_the_other_systems_have_one_m1():
    assert stage("ENETS", distant=True, metastatic_sites=("liver",)).m.category == "M1"


@pytest.mark.parametrize(
    "tumor",
    [
        {"differentiation": "poor"},
        {"differentiation": None, "histology_subtype": "NEC_small_cell"},
        {"histology_subtype": "MANEC"},
    ],
)
def test_ajcc_gives_nothing_in_a_carcinoma(tumor):
    got = stage(distant=True, **tumor)
    for found in (got.t, got.n, got.m, got.stage):
        assert (found.category, found.possible) == (None, ())
        assert found.reason == "not_for_carcinoma"
    assert stage("ENETS", distant=True, **tumor).stage.category == "IV"


def test_ajcc_waits_for_the_differentiation():
    got = stage(differentiation=None)
    assert (got.t.category, got.t.at_least, got.t.possible) == (None, None, ("T1",))
    assert got.stage.missing == ("differentiation",)


@given(systems, extents, truths, truths, st.sampled_from(["well", "poor", None]))
def test_staging_never_fails_and_unknowns_never_lower_the_stage(
    system, given_extent, nodes, distant, differentiation
):
    got = stage(system, given_extent, nodes, distant, differentiation=differentiation)
    if got.stage.category and distant is not True:
        assert distant is False
        assert nodes is not None or "T4" in got.t.possible
    if got.stage.category == "I":
        assert (got.t.category, nodes, distant) == ("T1", False, False)
