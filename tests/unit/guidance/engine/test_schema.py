import json
import re

import jsonschema
import pytest

from guidance.engine import content
from guidance.engine.content import FILES
from guidance.engine.places import read_document
from guidance.engine.schema import SCHEMAS, Named, find_breaches, find_named, registry

PUBLISHED = {path.name: json.loads(path.read_text()) for path in sorted(SCHEMAS.glob("*.json"))}
#: Parts that no file has for itself, what an answer looks like, and what belongs to no edition.
SHARED = {
    *("common.json", "tables.json", "index.json", "answer.json"),
    *("minimum_dataset.json", "plain_language.json", "branch_actions.json"),
}


def test_every_file_of_an_edition_has_a_schema():
    assert {f"{name}.json" for name in FILES} == PUBLISHED.keys() - SHARED


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_schema_is_a_schema_and_says_what_it_is(name):
    schema = PUBLISHED[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == name
    assert schema["title"]
    assert schema["description"]


def parts(node, place=()):
    """Every schema within a schema, with its place."""
    if isinstance(node, dict):
        yield place, node
        for key, child in node.items():
            if key in {"properties", "$defs"}:
                for inner, part in child.items():
                    yield from parts(part, (*place, key, inner))
            elif key in {"oneOf", "anyOf", "allOf"}:
                for number, part in enumerate(child):
                    yield from parts(part, (*place, key, number))
            elif key in {"items", "additionalProperties", "propertyNames", "if", "then"}:
                yield from parts(child, (*place, key))


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_field_says_what_it_is_for(name):
    bare = [
        "/".join(map(str, place))
        for place, part in parts(PUBLISHED[name])
        if place[-2:-1] == ("properties",) and not {"if", "then"} & set(place)
        if not {"description", "$ref"} & part.keys()
    ]
    assert bare == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_shared_part_says_what_it_is(name):
    for part in PUBLISHED[name].get("$defs", {}).values():
        assert part["title"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_mapping_takes_fields_that_nobody_knows(name):
    open_ones = [
        "/".join(map(str, place))
        for place, part in parts(PUBLISHED[name])
        if part.get("type") == "object" and "additionalProperties" not in part
    ]
    assert open_ones == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_schema_refers_to_the_others_by_file_name(name):
    for _, part in parts(PUBLISHED[name]):
        if "$ref" in part:
            assert re.fullmatch(r"[a-z]*(\.json)?(#/\$defs/[a-z_]+)?", part["$ref"])
            assert registry().resolver(name).lookup(part["$ref"])


def test_the_index_is_the_schema_of_a_whole_edition():
    schema = PUBLISHED["index.json"]
    assert tuple(schema["required"]) == FILES
    checker = jsonschema.Draft202012Validator(schema, registry=registry())
    edition = {name: content.read(content.DEFAULT_VERSION, name) for name in FILES}
    checker.validate(edition)
    assert not checker.is_valid({**edition, "actions": {"actions": []}})
    assert not checker.is_valid({**edition, "notes": {}})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("actions", "{}", "1:1: lacks actions"),
        ("actions", "actions: []", "1:10: actions: must have at least 1 in its list"),
        ("actions", "actions: 3", "1:10: actions: must be a list, not 3"),
        ("actions", "actions: [3]", "1:11: actions: must be a mapping, not 3"),
        (
            "actions",
            "actions:\n- {code: ACT-A, text: '', source: INT}",
            "2:23: text: must not be empty",
        ),
        ("actions", "actions: [{code: ACT-A, text: a}]", "1:11: actions: lacks source"),
        (
            "actions",
            "actions: [{code: ACT-A, text: a, source: INT, by: me}]",
            "1:47: by: is no field here; there are code, text, source",
        ),
        (
            "actions",
            "actions: [{code: DO-IT, text: a, source: INT}]",
            '1:18: code: "DO-IT" does not fit: An action (ACT-)',
        ),
        (
            "actions",
            "actions: [{code: ACT-A, text: a, source: 005 3}]",
            '1:42: source: "005 3" does not fit: Where a statement comes from',
        ),
        (
            "escalations",
            "{escalations: [{code: E-01, level: yes, when: a = T, strength: s, text: t,"
            " source: INT}], silent_statuses: []}",
            "1:36: level: must be one of yes, consider, not true",
        ),
        (
            "headlines",
            "headlines: [{scenario: SC-06, procedure: US, rating: UA, text: a, article: a,"
            " publisher: a, source: INT}]",
            '1:101: source: must be BS, not "INT"',
        ),
        (
            "contradictions",
            "contradictions: [{id: C-01, when: {al: [a = T]}, text: a, source: INT}]",
            "1:36: al: is no field here; there are all, any, not, unless",
        ),
        (
            "contradictions",
            "contradictions: [{id: C-01, when: {not: a = T, all: [b = T]}, text: a, source: INT}]",
            "1:35: when: must have at most 1 in its mapping",
        ),
        (
            "contradictions",
            "contradictions: [{id: C-01, when: {all: [{not: a is b}]}, text: a, source: INT}]",
            '1:48: not: "a is b" does not fit: True, false or unknown',
        ),
        (
            "facts",
            "{groups: {AB: a}, facts: []}",
            '1:11: AB: "AB" does not fit: A group of facts.yaml',
        ),
    ],
)
def test_what_breaks_a_schema_is_told_in_words_with_its_place(name, text, expected):
    document = read_document(f"{name}.yaml", text)
    told = [
        str(document.problem(found.path, found.text, key=found.is_key))
        for found in find_breaches(name, document.value)
    ]
    assert any(problem.startswith(f"{name}.yaml:{expected}") for problem in told), told


def test_only_what_is_of_no_use_itself_is_a_part():
    value = {"actions": [{"code": "DO-IT", "text": "a", "by": "me"}]}
    found = {(each.path[-1], each.is_part) for each in find_breaches("actions", value)}
    assert found == {("code", True), ("by", False), (0, False)}


def test_values_are_known_by_what_their_schema_calls_them():
    text = "contradictions: [{id: C-01, when: {all: [a = T]}, text: t, source: INT, also: [sex]}]"
    document = read_document("contradictions.yaml", text)
    place = ("contradictions", 0)
    assert list(find_named("contradictions", document)) == [
        Named("condition", (*place, "when"), {"all": ["a = T"]}, is_key=False),
        Named("text", (*place, "text"), "t", is_key=False),
        Named("source", (*place, "source"), "INT", is_key=False),
        Named("fact_name", (*place, "also", 0), "sex", is_key=False),
    ]


def test_keys_are_known_by_what_their_schema_calls_them():
    document = read_document("ratings.yaml", "ratings: {SC-01: []}")
    assert list(find_named("ratings", document)) == [
        Named("scenario_id", ("ratings", "SC-01"), "SC-01", is_key=True)
    ]


def test_of_several_possible_meanings_the_one_that_fits_is_taken():
    document = read_document("uncovered.yaml", "uncovered: [{concerns: [SC-01, EUS, FU-01]}]")
    kinds = [named.kind for named in find_named("uncovered", document)]
    assert kinds == ["scenario_id", "procedure_code", "interval_id"]


def test_content_that_breaks_its_schema_is_walked_as_far_as_it_fits():
    document = read_document("ratings.yaml", "{ratings: {SC-01: 3}, labels: [x], more: {a: b}}")
    assert [named.kind for named in find_named("ratings", document)] == ["scenario_id"]
