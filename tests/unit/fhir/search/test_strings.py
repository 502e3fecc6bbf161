"""Strings and addresses."""

import pytest

from cases.fhir.search.strings import matches_string, matches_uri, unescaped, values_of

NAME = {"family": "Muñoz Peña", "given": ["Ana", "María"], "use": "official"}


@pytest.mark.parametrize(
    ("wanted", "modifier", "is_found"),
    [
        ("munoz", "", True),
        ("mar", "", True),
        ("peña", "", False),
        ("pena", "contains", True),
        ("Ana", "exact", True),
        ("ana", "exact", False),
        ("official", "", False),
    ],
)
def test_a_name_is_compared(wanted, modifier, is_found):
    assert matches_string(NAME, wanted, modifier) is is_found


def test_plain_text_is_compared():
    assert matches_string("Liver", "liv", "")
    assert not matches_string(5, "5", "")


@pytest.mark.parametrize(
    ("wanted", "modifier", "is_found"),
    [
        ("http://x.example/a/b", "", True),
        ("http://x.example/a/b|1", "", True),
        ("http://x.example/a/b|2", "", False),
        ("http://x.example/a", "", False),
        ("http://x.example/a", "below", True),
        ("http://x.example/a/b/c", "above", True),
        ("http://x.example/a/bc", "above", False),
    ],
)
def test_an_address_is_compared(wanted, modifier, is_found):
    assert matches_uri("http://x.example/a/b|1", wanted, modifier) is is_found


def test_an_address_is_text():
    assert not matches_uri({"a": 1}, "http://x.example", "")


def test_values_stand_between_commas():
    assert values_of(r"a\,b,c") == [r"a\,b", "c"]
    assert unescaped(r"a\,b\|c\$d\\e") == r"a,b|c$d\e"
