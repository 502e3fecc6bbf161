"""Values of facts in words."""

import pytest

from cases.selectors.words import fact_words, grade_words, value_words
from guidance.engine.dictionary import DICTIONARY


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("bone_pain", True, "Yes"),
        ("bone_pain", False, "No"),
        ("bone_pain", "unknown", "unknown"),
        ("bone_pain", None, "unknown"),
        ("differentiation", "well", "Well differentiated"),
        ("differentiation", "of an older edition", "of an older edition"),
        ("ki67_percent", 2.5, "2.5 % positive nuclei"),
        ("ki67_percent", 3.0, "3 % positive nuclei"),
        ("liver_met_count", 0, "0 lesions"),
        ("diagnosis_date", "2026-03-01", "1 Mar 2026"),
        ("new_symptoms", ["flushing", "jaundice"], "Flushing, Jaundice"),
        ("new_symptoms", [], "none"),
        ("treatments", [{"type": "TACE", "ongoing": True}, {"type": "SSA"}],
         "TACE, ongoing: yes; Somatostatin analog"),
        ("treatments", [], "none"),
        ("ruleset_version", "2026.1", "2026.1"),
    ],
)  # fmt: skip
def test_a_value_reads_as_the_dictionary_words_it(fact, value, words):
    assert value_words(DICTIONARY[fact], value) == words


@pytest.mark.parametrize(
    ("grade", "who_version", "words"),
    [
        ("G2", "WHO2022", "G2 (WHO 2022)"),
        ("G2", "WHO2010", "G2 (WHO 2010)"),
        ("G2", None, "G2"),
        (None, "WHO2022", "unknown"),
    ],
)
def test_a_grade_names_its_who_edition(grade, who_version, words):
    assert grade_words(grade, who_version) == words


def test_the_pathologists_grade_names_the_edition_it_is_read_by():
    fact = DICTIONARY["pathologist_grade"]

    assert (
        fact_words(fact, {"pathologist_grade": "G1", "who_version": "WHO2017"}) == "G1 (WHO 2017)"
    )
    assert fact_words(fact, {"pathologist_grade": "G1"}) == "G1"
    assert fact_words(fact, {"who_version": "WHO2017"}) == "unknown"
    assert fact_words(DICTIONARY["bone_pain"], {"bone_pain": True}) == "Yes"
