"""TNM of a case from its facts: the micro-cases 14.6, what is missing, what contradicts itself."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.staging import explain_stage

EXTENT = {
    "primary_size_mm": 25,
    "limited_to_pancreas": True,
    "invades_duodenum": False,
    "invades_bile_duct": False,
    "invades_adjacent_organs": [],
    "involves_celiac_axis": False,
    "involves_sma": False,
}
WHOLE = {
    **EXTENT,
    "regional_ln_metastasis": False,
    "distant_metastasis": False,
    "differentiation": "well",
}


def stage(*layers):
    raw = {}
    for layer in layers:
        raw.update(layer)
    return explain_stage(parse_facts(raw), load_edition())


def by(system):
    return {"tnm_system": system}


@pytest.mark.parametrize(
    ("size", "limited", "extra", "enets", "uicc"),
    [
        (19.9, True, {}, "T1", "T1"),
        (20, True, {}, "T2", None),
        (20.1, True, {}, "T2", "T2"),
        (40, True, {}, "T2", "T2"),
        (40.1, True, {}, "T3", "T2"),
        (15, False, {"invades_duodenum": True}, "T3", "T3"),
        (15, False, {"invades_bile_duct": True}, "T3", "T3"),
        (25, False, {"invades_adjacent_organs": ["spleen"]}, "T4", "T3"),
        (25, False, {"involves_celiac_axis": True}, "T4", "T4"),
        (25, False, {"involves_sma": True}, "T4", "T4"),
    ],
)
def test_micro_case(size, limited, extra, enets, uicc):
    facts = {**EXTENT, "primary_size_mm": size, "limited_to_pancreas": limited, **extra}
    assert stage(facts, by("ENETS"))["t"]["category"] == enets
    found = stage(facts, by("UICC"))["t"]
    assert found["category"] == uicc
    assert (found["reason"] or {}).get("code") == (
        None if uicc else "boundary_not_defined_in_source"
    )


def test_localized_disease_has_no_stage_in_the_sources():
    found = stage(WHOLE, by("ENETS"))
    assert [found[part]["category"] for part in ("t", "n", "m", "stage")] == [
        "T2",
        "N0",
        "M0",
        None,
    ]
    assert found["stage"]["reason"]["code"] == "stage_grouping_not_covered"
    assert found["missing"] == []
    assert not found["beyond_sources"]


def test_distant_metastasis_is_stage_iv_whatever_else_is_known():
    found = stage({"distant_metastasis": True}, by("ENETS"))
    assert found["stage"]["category"] == "IV"
    assert found["stage"]["missing"] == []
    assert found["t"]["missing"] == list(EXTENT)


def test_ajcc_8_is_marked_as_beyond_the_sources():
    found = stage(WHOLE, by("AJCC8"))
    assert (found["stage"]["category"], found["beyond_sources"]) == ("II", True)
    assert found["source"] == "BS"
    carcinoma = stage(WHOLE, by("AJCC8"), {"differentiation": "poor"})
    assert carcinoma["t"]["reason"]["code"] == "not_for_carcinoma"
    unknown = stage(WHOLE, by("AJCC8"), {"differentiation": "unknown"})
    assert unknown["missing"] == ["differentiation"]


def test_an_unknown_that_may_give_a_higher_category_blocks_a_lower_one():
    found = stage(EXTENT, by("ENETS"), {"involves_sma": "unknown"})
    assert (found["t"]["category"], found["t"]["at_least"]) == (None, "T2")
    assert found["t"]["missing"] == ["involves_sma"]
    assert "involves_sma" in found["missing"]


def test_without_a_chosen_system_enets_is_taken_and_said():
    found = stage(WHOLE)
    assert (found["system"], found["system_chosen"]) == ("ENETS", False)
    assert any("No TNM system is chosen" in entry["text"] for entry in found["statements"])
    assert len(stage(WHOLE, by("UICC"))["statements"]) == 1


class TestContradictions:
    @pytest.mark.parametrize(
        ("facts", "clashing"),
        [
            ({"invades_duodenum": True}, {"limited_to_pancreas", "invades_duodenum"}),
            ({"invades_bile_duct": True}, {"limited_to_pancreas", "invades_bile_duct"}),
            (
                {"invades_adjacent_organs": ["colon"]},
                {"limited_to_pancreas", "invades_adjacent_organs"},
            ),
            ({"involves_sma": True}, {"limited_to_pancreas", "involves_sma"}),
            ({"involves_celiac_axis": True}, {"limited_to_pancreas", "involves_celiac_axis"}),
            (
                {"limited_to_pancreas": False, "encased_vessels": ["celiac_axis"]},
                {"involves_celiac_axis", "encased_vessels"},
            ),
            (
                {"limited_to_pancreas": False, "encased_vessels": ["mesenteric_artery"]},
                {"involves_sma", "encased_vessels"},
            ),
        ],
    )
    def test_extent_that_contradicts_itself_gives_no_t(self, facts, clashing):
        found = stage(WHOLE, by("ENETS"), facts)
        assert found["t"]["category"] is None
        assert found["t"]["at_least"] is None
        assert found["t"]["reason"]["code"] == "facts_contradict"
        named = {name for entry in found["contradictions"] for name in entry["facts"]}
        assert named == clashing
        assert found["missing"] == []

    def test_stage_iv_stands_beside_a_contradictory_extent(self):
        found = stage(WHOLE, {"invades_duodenum": True, "distant_metastasis": True})
        assert (found["t"]["category"], found["stage"]["category"]) == (None, "IV")

    def test_a_stage_that_rests_on_the_contradiction_is_not_given(self):
        found = stage(WHOLE, by("AJCC8"), {"invades_duodenum": True})
        assert found["stage"]["category"] is None
        assert found["stage"]["reason"]["code"] == "facts_contradict"

    @pytest.mark.parametrize(
        "facts",
        [
            {"metastatic_sites": ["bone"]},
            {"metastases_known": True},
            {"distant_metastasis": True, "metastases_known": False},
            {"distant_metastasis": True, "metastatic_sites": []},
        ],
    )
    def test_metastasis_that_contradicts_itself_gives_no_m(self, facts):
        found = stage(WHOLE, by("ENETS"), facts)
        assert found["m"]["category"] is None
        assert found["stage"]["reason"]["code"] == "facts_contradict"
        assert found["t"]["category"] == "T2"

    def test_after_treatment_the_present_may_differ_from_the_staging(self):
        now = {"definitive_treatment_done": True, "metastases_known": True}
        found = stage(WHOLE, by("ENETS"), now, {"metastatic_sites": ["liver"]})
        assert (found["m"]["category"], found["contradictions"]) == ("M0", [])

    def test_abdominal_nodes_may_be_regional(self):
        found = stage(WHOLE, by("ENETS"), {"metastatic_sites": ["abdominal_ln"]})
        assert found["contradictions"] == []


def statements(node):
    if isinstance(node, dict):
        if node.get("text"):
            yield node
        for child in node.values():
            yield from statements(child)
    if isinstance(node, list):
        for child in node:
            yield from statements(child)


def test_metastases_known_now_are_distant_where_they_surely_lie_beyond_the_region():
    told = "M1 from the metastases that are known now"
    for facts in ({"dominant_site": "liver"}, {"metastatic_sites": ["abdominal_ln", "bone"]}):
        found = stage({"metastases_known": True, **facts})
        assert (found["m"]["category"], found["stage"]["category"]) == ("M1", "IV")
        assert any(told in statement["text"] for statement in found["statements"])
    for facts in ({}, {"metastatic_sites": ["abdominal_ln"]}):
        assert stage({"metastases_known": True, **facts})["m"]["category"] is None
    answered = stage(
        {"metastases_known": True, "dominant_site": "liver", "distant_metastasis": True}
    )
    assert not any(told in statement["text"] for statement in answered["statements"])


NAMES = [
    *EXTENT,
    "regional_ln_metastasis",
    "distant_metastasis",
    "metastatic_sites",
    "metastases_known",
    "encased_vessels",
    "tnm_system",
    "differentiation",
]


def value(name):
    fact = DICTIONARY[name]
    if fact.kind == "decimal":
        return st.sampled_from([0, 19.9, 20, 40, 41])
    choice = st.sampled_from(fact.allowed)
    return st.lists(choice, max_size=2) if fact.kind == "list" else choice


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional={name: value(name) for name in NAMES}))
def test_a_category_is_given_or_it_says_why_not(raw):
    found = explain_stage(parse_facts(raw).values, load_edition())
    json.dumps(found, allow_nan=False)
    assert all(entry["source"] for entry in statements(found))
    for part in ("t", "n", "m", "stage"):
        finding = found[part]
        assert finding["category"] or finding["missing"] or finding["reason"]
        assert set(finding["missing"]) <= set(found["missing"])
    if raw.get("limited_to_pancreas") and raw.get("invades_duodenum"):
        assert found["t"]["category"] is None
        assert found["contradictions"]
