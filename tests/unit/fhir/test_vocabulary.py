"""Our own codes as code systems."""

from cases.fhir.vocabulary import VOCABULARIES, address_of, choice, code_systems
from tests.unit.fhir.resources.valid import assert_valid


def test_every_code_system_is_valid_and_its_codes_are_there_once():
    for system in code_systems():
        assert_valid(system)
        codes = [each["code"] for each in system["concept"]]
        assert len(codes) == len(set(codes)) == system["count"] > 0


def test_every_list_has_its_system_and_no_two_have_one_address():
    addresses = [system["url"] for system in code_systems()]

    assert {address_of(name) for name in VOCABULARIES} < set(addresses)
    assert len(set(addresses)) == len(addresses)


def test_a_choice_is_told_by_code_and_in_words():
    coding = {"system": address_of("track"), "code": "protocol", "display": "By protocol"}

    assert choice("track", "protocol") == {"coding": [coding], "text": "By protocol"}
    assert choice("track", "protocol", text="As agreed")["text"] == "As agreed"
