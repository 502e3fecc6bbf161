"""Tokens: a code with or without its system."""

import pytest

from cases.fhir.search.tokens import Token, matches_text, matches_token, read_token

CONCEPT = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}, {"code": "Weight"}]}
NUMBER = {"system": "urn:oid:1.2", "value": "N-0001"}


@pytest.mark.parametrize(
    ("wanted", "there", "is_found"),
    [
        ("29463-7", CONCEPT, True),
        ("http://loinc.org|29463-7", CONCEPT, True),
        ("http://snomed.info/sct|29463-7", CONCEPT, False),
        ("http://loinc.org|", CONCEPT, True),
        ("http://snomed.info/sct|", CONCEPT, False),
        ("|weight", CONCEPT, True),
        ("|29463-7", CONCEPT, False),
        ("n-0001", NUMBER, True),
        ("urn:oid:1.2|N-0001", NUMBER, True),
        ("|N-0001", NUMBER, False),
        ("true", True, True),
        ("false", True, False),
        # Of which system a plain code is, its definition says.
        ("http://hl7.org/fhir/administrative-gender|female", "female", True),
        ("+49 40", {"system": "phone", "value": "+49 40"}, True),
        ("a", 5, False),
        ("a", {"display": "a"}, False),
    ],
)
def test_a_token_is_compared(wanted, there, is_found):
    assert matches_token(there, read_token(wanted)) is is_found


def test_a_bar_can_be_text():
    assert read_token(r"a\|b|c\,d") == Token("a|b", "c,d")


@pytest.mark.parametrize("text", ["", "|"])
def test_nothing_is_no_token(text):
    with pytest.raises(ValueError, match="Give a code"):
        read_token(text)


def test_words_of_a_code_are_found_by_their_beginning():
    concept = {"text": "Körpergewicht", "coding": [{"code": "1", "display": "Body weight"}]}
    assert matches_text(concept, "korper")
    assert matches_text(concept, "Body W")
    assert matches_text({"type": {"text": "Accession"}, "value": "1"}, "acc")
    assert not matches_text(concept, "weight")
