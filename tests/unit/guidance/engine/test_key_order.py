"""The order of keys, in the content and in the facts, changes nothing in an answer."""

import json
from functools import cache

import pytest

from guidance.engine.assess import assess
from guidance.engine.content import FILES
from guidance.engine.edition import compile_edition, load_edition
from guidance.engine.eligibility import judge
from guidance.engine.facts import parse_facts
from guidance.engine.growth import explain_growth
from guidance.engine.staging import explain_stage
from tests.unit.guidance.cases import read_data

BASES = read_data("micro_cases")["bases"]
CASES = [
    *({**read_data("d0"), **entry["facts"]} for entry in read_data("vignettes")),
    *(
        {**read_data("d0"), **BASES[case["base"]], **case["facts"]}
        for kind in ("routes", "orders")
        for case in read_data("micro_cases")[kind]
    ),
    {
        **read_data("d0"),
        **BASES["R"],
        "who_version": "unknown",
        "functional_status": "functioning",
        "studies": [{"modality": "PET_SSTR"}, {"modality": "CT"}],
    },
]


def backwards(node):
    if isinstance(node, dict):
        return {key: backwards(node[key]) for key in reversed(node)}
    if isinstance(node, list):
        return [backwards(item) for item in node]
    return node


@cache
def turned():
    """The edition with every mapping of its content turned around."""
    content = load_edition().content
    return compile_edition({name: backwards(content[name]) for name in reversed(FILES)})


def answers(raw, edition):
    facts = parse_facts(raw, edition.dictionary)
    found = assess(facts, edition)
    beside = [explain_stage(facts, edition), explain_growth(facts.values, edition)]
    return json.dumps([facts.as_json(), found, *beside, judge(facts.values, edition)])


def test_the_hash_does_not_see_the_order():
    assert turned().hash == load_edition().hash


@pytest.mark.parametrize("raw", CASES, ids=range(len(CASES)))
def test_the_same_bytes_either_way(raw):
    as_is = answers(raw, load_edition())
    assert answers(backwards(raw), load_edition()) == as_is
    assert answers(raw, turned()) == as_is
