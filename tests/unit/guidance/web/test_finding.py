"""Finding statements: codes first, all words before some, either national spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.edition import load_edition
from guidance.web.finding import LONGEST, MOST_WORDS, Index, fold, index_of, terms_of
from guidance.web.statement import Statement

EDITION = load_edition()


def codes(typed: str) -> list[str]:
    return [found.statement.code for found in index_of(EDITION).find(typed)]


@pytest.mark.parametrize(
    "code",
    ["W-CHEST", "SUB-03", "N-16", "A-09", "B-01-POS", "FU-02", "PR-05", "DP-11", "TX-ABL", "E-04",
     "GATE-2", "C-05", "ACT-MDT", "X-04", "SC-03.X2", "ki67_percent", "R-09.4"],
)  # fmt: skip
def test_a_code_is_found_first(code):
    assert codes(code)[0] == code
    assert codes(code.lower())[0] == code


def test_a_code_is_found_without_its_hyphen_too():
    assert "W-CHEST" in codes("wchest")
    assert "W-CHEST" in codes("w chest")
    assert "ki67_percent" in codes("ki67")
    assert "ki67_percent" in codes("Ki-67")


def test_a_word_is_found_where_it_stands():
    found = codes("DOTATATE")
    assert found[0] == "PET_DOTATATE"
    assert "W-NEG-SSTR" not in found[:3]
    assert codes("chest ct")[0] in ("CT_CAP_W", "CT_CHEST_WO")
    assert codes("pregnant")[0] in ("GATE-1", "pregnancy_status")


@pytest.mark.parametrize(
    ("british", "american"),
    [("tumour", "tumor"), ("haemorrhage", "hemorrhage"), ("ischaemia", "ischemia"),
     ("embolisation", "embolization"), ("oedema", "edema"), ("centre", "center")],
)  # fmt: skip
def test_either_spelling_is_the_same_word(british, american):
    assert fold(british) == fold(american)
    assert codes(british) == codes(american)


def test_the_beginning_of_a_word_is_enough():
    assert "W-HAEMORRHAGE" in codes("hemorrh")


def test_all_words_come_before_some():
    index = index_of(EDITION)
    every = index.find("interval G2 months")
    assert {found.words for found in every} == {3}
    some = index.find("chest zebra")
    assert some
    assert {found.words for found in some} == {1}


def test_a_rare_word_says_more_than_a_frequent_one():
    entries = [
        Statement(str(n), "", "", text, "", "", "")
        for n, text in enumerate(["the liver", "the liver", "the liver", "the spleen"])
    ]
    assert Index(entries).find("liver spleen")[0].statement.code == "3"


@pytest.mark.parametrize(
    "typed", ["", "   ", "\n\t", "!?", "…", "\x00", "-", "😀", "zzzzzz", "%_\\"]
)
def test_nothing_that_can_be_looked_up_finds_nothing(typed):
    assert codes(typed) == []


def test_what_is_typed_beyond_measure_is_not_read():
    assert len(terms_of("liver " * 1000)) == 1
    assert len(terms_of(" ".join(map(str, range(1000))))) == MOST_WORDS
    assert terms_of("x" * 10_000) == ["x" * LONGEST]
    assert codes("'; DROP TABLE editions; -- liver")


@given(st.text())
def test_whatever_is_typed_is_answered(typed):
    for found in index_of(EDITION).find(typed):
        assert found.words >= 1
