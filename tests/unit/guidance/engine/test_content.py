"""The content of the edition: sources, references, and what a broken file gets."""

import hashlib
import re

import pytest
import yaml

from guidance.engine import content
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import FILES, content_hash, load_edition
from guidance.engine.logic import ConditionError, parse_condition
from tests.shared import SHARED

SOURCES = SHARED / "sources"
EDITION = load_edition()
LINES = {source["tag"]: source["lines"] for source in EDITION.sources}
SPOKEN = {"text", "help", "why", "question"}


def mappings(node, place=""):
    if isinstance(node, dict):
        yield place, node
        for key, child in node.items():
            yield from mappings(child, f"{place}/{key}")
    if isinstance(node, list):
        for number, child in enumerate(node):
            yield from mappings(child, f"{place}/{number}")


ALL = [found for name in FILES for found in mappings(EDITION.content[name], name)]


def test_every_statement_has_a_source():
    # A variant of a check's text stands under the source of its check.
    bare = [
        place
        for place, node in ALL
        if SPOKEN & {key for key, value in node.items() if isinstance(value, str)}
        and "source" not in node
        and not re.search(r"/texts/\d+$", place)
    ]
    assert bare == []


def test_every_source_names_existing_lines():
    tags = [node["source"] for _, node in ALL if isinstance(node.get("source"), str)]
    assert len(tags) > 300
    for tag in tags:
        for part in tag.split("; "):
            document, _, ranges = part.partition(" ")
            for found in ranges.split(", ") if ranges else ():
                first, _, last = found.replace("L", "").partition("-")
                assert 1 <= int(first) <= int(last or first) <= LINES[document], tag


def test_every_condition_reads_known_names():
    conditions = [
        node[key] for _, node in ALL for key in ("when", "unless", "done_when") if key in node
    ]
    found = set()
    for raw in conditions:
        try:
            found |= set(parse_condition(raw).names)
        except ConditionError:
            # The inner part of a joined condition is read with its whole.
            continue
    facts = {name for name in found if not name.startswith("@")}
    assert facts <= DICTIONARY.keys()
    assert {name for name in found if name.startswith("@")} <= {
        "@actions",
        "@branch",
        "@combined_contraindication",
        "@done_modalities",
        "@feasible",
        "@grade",
        "@grade_flags",
        "@impossible_dates",
        "@intervals_disagree",
        "@mri_removed",
        "@next_modality",
        "@order_rating",
        "@result",
        "@scenario",
        "@schedule",
        "@status",
        "@top",
        "@treatment_ongoing",
        "@treatment_types",
    }


def conditions_by_fact():
    pattern = re.compile(r"^([a-z0-9_]+) (=|!=|in|has) (.+)$")

    def leaves(node):
        if isinstance(node, str):
            yield node
        if isinstance(node, dict):
            for child in node.values():
                yield from leaves(child)
        if isinstance(node, list):
            for child in node:
                yield from leaves(child)

    for _, node in ALL:
        for key in ("when", "unless", "done_when"):
            for leaf in leaves(node.get(key)):
                if match := pattern.match(leaf):
                    yield match.groups()


def test_every_condition_compares_with_allowed_values():
    for name, operator, text in conditions_by_fact():
        fact = DICTIONARY[name]
        members = text.strip("{}").split(", ") if operator == "in" else [text]
        if fact.kind == "bool3":
            assert members[0] in {"T", "F"}, name
        elif members != ["[]"] and not members[0].replace(".", "").isdigit():
            assert set(members) <= set(fact.allowed), name


def test_references_between_files_exist():
    edition = EDITION
    for scenario in edition.catalogue.scenarios.values():
        assert scenario.hint is None or scenario.hint in edition.catalogue.hints
        assert set(scenario.ask + scenario.ask_after_result) <= DICTIONARY.keys()
    assert set(edition.catalogue.redirects) <= edition.catalogue.scenarios.keys()
    codes = {escalation.code for escalation in edition.board.escalations}
    for branch in edition.branches.branches.values():
        assert branch.escalation is None or branch.escalation in codes
        assert set(branch.intervals) <= edition.intervals.rules.keys()
        assert set(branch.ask) <= DICTIONARY.keys()
    assert set(edition.ratings.procedures) == set(DICTIONARY["ordered_procedure"].allowed) - {
        "none"
    }
    reasons = {gate.leads_to[0] for gate in edition.catalogue.gates}
    assert reasons | {"NO_MATCH"} == set(edition.catalogue.not_covered)


def test_the_dictionary_is_complete():
    assert [fact.number for fact in DICTIONARY.values()] == list(range(1, 153))
    assert {fact.group for fact in DICTIONARY.values()} == set("ABCDEFGHIJKL")
    assert all(fact.group_label for fact in DICTIONARY.values())


def test_an_edition_is_loaded_once_and_known_by_its_content():
    assert load_edition("2026.1") is load_edition()
    assert re.fullmatch(r"[0-9a-f]{64}", EDITION.hash)
    assert content_hash({"b": 1, "a": [2]}) == content_hash({"a": [2], "b": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


def test_an_unknown_edition_is_refused():
    with pytest.raises(content.ContentError, match=r"There is no edition '1999\.1'"):
        load_edition("1999.1")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({}, "at the top"),
        ({"actions": [{"code": "DO-IT", "text": "x", "source": "INT"}]}, "at actions/0/code"),
        ({"actions": [{"code": "ACT-A", "text": "x", "source": "005 L1"}]}, "at actions/0/source"),
    ],
)
def test_content_that_breaks_its_schema_is_refused(broken, message):
    with pytest.raises(content.ContentError, match=message):
        content.validate("actions", broken)


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(yaml.YAMLError, match="'a' stands twice"):
        content.parse_yaml("{a: 1, b: 2, a: 3}")


def test_merged_keys_are_no_repetition():
    text = "base: &base {a: 1}\nother: {<<: *base, a: 2}"
    assert content.parse_yaml(text)["other"] == {"a": 2}


def test_a_key_that_is_a_list_is_refused():
    with pytest.raises(yaml.YAMLError):
        content.parse_yaml("{[1]: 2}")


@pytest.mark.shared
@pytest.mark.skipif(
    not SOURCES.exists(), reason=f"no source documents at {SOURCES}; set TUMORBOARD_SHARED"
)
def test_the_source_documents_are_the_ones_that_were_read():
    for source in EDITION.sources:
        raw = (SOURCES / source["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == source["sha256"]
