"""Scopes as SMART writes them."""

import pytest

from tumorboard.accounts import scopes
from tumorboard.accounts.scopes import EVERYTHING, RESOURCES, choices, granted_by, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("system/Patient.rs", "system/Patient.rs"),
        ("system/Patient.r system/Patient.c", "system/Patient.cr"),
        ("system/GuidanceResponse.cruds", "system/GuidanceResponse.rs"),
        ("system/Condition.cus", "system/Condition.cus"),
        ("", ""),
        ("system/Patient.", ""),
        ("system/Patient.sr", ""),
        ("system/Patient.rr", ""),
        ("system/patient.rs", ""),
        ("system/Patient.rs?gender=f", ""),
        ("system/Patient.rs\n", ""),
        ("user/Patient.rs patient/Patient.rs Patient.rs launch", ""),
        ("system/Medication.rs", ""),
    ],
)
def test_a_scope_grants_what_there_is(text, found):
    assert words(granted_by(text)) == found


def test_every_kind_at_once():
    assert granted_by("system/*.cruds") == EVERYTHING
    # Messages are sent, and nobody reads them back.
    assert {name for name, _ in granted_by("system/*.s")} == set(RESOURCES) - {"MessageHeader"}


def test_words_and_grants_go_both_ways():
    assert granted_by(words(EVERYTHING)) == EVERYTHING
    assert len(words(EVERYTHING)) < 1000


def test_what_can_be_chosen_is_everything_once():
    found = [granted_by(scope) for scope, _ in choices()]
    assert frozenset().union(*found) == EVERYTHING
    assert sum(map(len, found)) == len(EVERYTHING)


def test_every_letter_is_one_of_smarts():
    assert {letter for _, letter in EVERYTHING} <= set(scopes.LETTERS)
