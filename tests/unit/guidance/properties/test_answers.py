"""What holds of every answer, whatever the facts."""

import copy
import json
import random

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.assess import assess
from guidance.engine.content import SCHEMAS
from guidance.engine.edition import compile_edition, content_hash, load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.schema import registry
from tests.unit.guidance.properties.strategies import ANY_FACTS, FACTS, VALUES, WORKED

EDITION = load_edition()
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((SCHEMAS / "answer.json").read_text()), registry=registry()
)
#: Keys of the contract that are lists of codes or facts, and must not name one twice.
LISTS = ("candidates", "removed", "warnings", "actions", "missing", "confirm_before_order")


def as_bytes(answer):
    return json.dumps(answer, ensure_ascii=False).encode()


def answer(raw, edition=EDITION):
    return assess(parse_facts(raw), edition)


@given(FACTS)
def test_an_answer_is_what_its_published_schema_says(raw):
    SCHEMA.validate(answer(raw))


@pytest.mark.parametrize("raw", WORKED)
def test_the_answer_to_a_worked_case_is_what_its_published_schema_says(raw):
    SCHEMA.validate(answer(raw))


@given(FACTS)
def test_an_answer_is_the_same_each_time_and_as_bytes(raw):
    facts = parse_facts(raw)
    first = as_bytes(assess(facts, EDITION))
    assert as_bytes(assess(facts, EDITION)) == first
    assert as_bytes(assess(parse_facts(raw), EDITION)) == first
    assert json.loads(first) == assess(facts, EDITION)


@given(ANY_FACTS)
def test_facts_that_were_stored_give_the_same_answer(raw):
    facts = parse_facts(raw)
    stored = json.loads(json.dumps(facts.as_json()))
    again = parse_facts(stored)
    assert again == facts
    assert as_bytes(assess(again, EDITION)) == as_bytes(assess(facts, EDITION))


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(raw, chance):
    assert as_bytes(answer(shuffled(raw, chance))) == as_bytes(answer(raw))


def shuffled(node, chance):
    """The same value with the keys of every mapping in another order."""
    if isinstance(node, dict):
        keys = chance.sample(list(node), len(node))
        return {key: shuffled(node[key], chance) for key in keys}
    if isinstance(node, list):
        return [shuffled(item, chance) for item in node]
    return node


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_keys_in_the_content_changes_nothing(seed):
    other = compile_edition(shuffled(dict(EDITION.content), random.Random(seed)))
    assert other.hash == EDITION.hash
    for raw in WORKED:
        facts = parse_facts(raw, other.dictionary)
        assert facts.as_json() == parse_facts(raw).as_json()
        assert as_bytes(assess(facts, other)) == as_bytes(answer(raw))


@given(FACTS)
def test_an_answer_shares_nothing_and_leaves_everything_as_it_was(raw):
    facts = parse_facts(raw)
    before = copy.deepcopy(facts.as_json())
    given_answer = assess(facts, EDITION)
    first = as_bytes(given_answer)
    assert not containers(given_answer) & CONTAINERS_OF_EDITION
    spoil(given_answer)
    assert facts.as_json() == before
    assert as_bytes(assess(facts, EDITION)) == first


def containers(node):
    """The identities of every list and mapping within a value."""
    found = set()
    if isinstance(node, dict | list):
        found.add(id(node))
        for child in node.values() if isinstance(node, dict) else node:
            found |= containers(child)
    return found


CONTAINERS_OF_EDITION = containers(dict(EDITION.content))


def spoil(node):
    """Change every list and mapping of a value."""
    for child in list(node.values()) if isinstance(node, dict) else list(node):
        if isinstance(child, dict | list):
            spoil(child)
    node.clear()


def test_all_of_this_left_the_edition_as_it_was():
    assert content_hash(EDITION.content) == EDITION.hash


@given(FACTS)
def test_an_answer_asks_for_each_thing_once(raw):
    found = answer(raw)
    asked = [*found["missing"], *found["confirm_before_order"]]
    assert len(set(asked)) == len(asked)


@given(FACTS)
def test_a_list_of_an_answer_names_nothing_twice(raw):
    found = answer(raw)
    for key in LISTS:
        items = [tuple(item) if isinstance(item, list) else item for item in found[key]]
        assert len(set(items)) == len(items), key


@given(FACTS)
def test_ratings_are_shown_only_where_the_sources_rate(raw):
    found = answer(raw)
    full = found["scenario_status"] == "FULL"
    if not full:
        assert found["top"] is None
        assert found["alternatives"] == found["removed"] == found["studies"] == []
    shown = {code for code, _ in found["alternatives"]} | {found["top"]} - {None}
    assert not shown & {code for code, _ in found["removed"]}
    assert all(rating != "UNA" for _, rating in found["alternatives"])


@given(FACTS)
def test_the_board_is_as_high_as_its_highest_reason(raw):
    found = answer(raw)
    levels = {reason["level"] for reason in found["board_reasons"]}
    assert found["board"]["level"] == max(levels, key=["no", "consider", "yes"].index, default="no")
    assert found["board"]["reasons"] == [reason["code"] for reason in found["board_reasons"]]


@given(FACTS)
def test_what_stops_the_way_says_nothing_beyond_itself(raw):
    found = answer(raw)
    if found["scenario"] == "CONFLICT" or found["scenario_status"] == "NOT_COVERED":
        assert found["branch"] is None
        assert found["actions"] == []
        assert found["next_interval"] is None
        assert not found["provisional"] or found["scenario"] == "NOT_COVERED:NO_MATCH"


@pytest.mark.parametrize("name", VALUES)
def test_every_fact_of_the_dictionary_can_be_drawn(name):
    @given(VALUES[name])
    def every_value_is_accepted(value):
        assert parse_facts({name: value}) is not None

    every_value_is_accepted()
