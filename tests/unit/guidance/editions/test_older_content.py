"""Editions outlive the software that loaded them: what they lack is empty, and they answer."""

import pytest

from guidance.engine.assess import assess
from guidance.engine.edition import compile_edition, load_edition
from guidance.engine.facts import parse_fact, parse_facts
from tests.factories.cases import STAGING
from tests.factories.editions import item, revised

#: Files that an edition may lack.
LATER = (
    "classification", "response", "prognosis", "eligibility", "performance", "reports",
    "disagreements", "ambiguities", "uncovered",
)  # fmt: skip


def test_an_edition_without_the_files_that_came_later_answers_alike():
    edition = load_edition()
    older = compile_edition({n: file for n, file in edition.content.items() if n not in LATER})
    facts = parse_facts(STAGING)
    stamp = {"edition": {"version": older.version, "hash": older.hash}}
    assert assess(facts, older) == {**assess(facts, edition), **stamp}
    assert older.hash != edition.hash


def test_facts_are_read_by_the_dictionary_of_the_edition():
    def revise(content):
        facts = content["facts"]["facts"]
        facts.remove(item(facts, name="bone_pain"))
        item(facts, name="ki67_percent")["name"] = "ki67_index"
        item(facts, name="age_years")["high"] = 90

    dictionary = revised(revise).dictionary
    assert parse_facts({"ki67_index": 4}, dictionary).get("ki67_index") == 4
    for name, value in {"bone_pain": True, "ki67_percent": 4, "age_years": 91}.items():
        parse_fact(name, value)
        with pytest.raises(ValueError, match=name):
            parse_facts({name: value}, dictionary)
    provenance = {"fact_provenance": {"ki67_index": "typed"}}
    assert parse_facts(provenance, dictionary).is_known("fact_provenance")
    with pytest.raises(ValueError, match="is not a fact"):
        parse_facts(provenance)


def test_what_is_to_be_confirmed_follows_the_numbers_of_the_edition():
    def revise(content):
        item(content["facts"]["facts"], name="sstr_pet_available")["number"] = 0

    facts = parse_facts(
        {**STAGING, "mri_contraindicated": "unknown", "sstr_pet_available": "unknown"}
    )
    names = ["mri_contraindicated", "sstr_pet_available"]
    assert assess(facts, load_edition())["confirm_before_order"] == names
    assert assess(facts, revised(revise))["confirm_before_order"] == names[::-1]
