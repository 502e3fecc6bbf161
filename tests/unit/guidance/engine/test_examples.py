"""The examples that are offered to try."""

import pytest

from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.examples import examples
from guidance.engine.facts import parse_facts


@pytest.mark.parametrize("example", examples().values(), ids=lambda example: example.id)
def test_an_example_holds_facts_of_the_dictionary(example):
    facts = parse_facts(example.facts)

    assert facts.get("clinical_question")
    assert example.title


def test_they_reach_every_rated_scenario_and_every_kind_of_answer():

    found = {
        assess(parse_facts(each.facts), load_edition())["scenario"].partition(":")[0]
        for each in examples().values()
    }
    assert {"SC-01", "SC-03", "SC-05", "UNDETERMINED", "CONFLICT", "NOT_COVERED"} <= found
