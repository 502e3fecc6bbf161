"""Values of facts in words, however large they are."""

import pytest

from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import is_storable, number_words, value_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (-3, "-3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (float("inf"), "inf"),
        (10**20 - 1, "9" * 20),
        (10**20, f"1{'0' * 19}… (21 digits)"),
        (10**21 - 1, f"{'9' * 20}… (21 digits)"),
        (-(10**20), f"-1{'0' * 19}… (21 digits)"),
        (int("1234567890" * 40), "12345678901234567890… (400 digits)"),
        (10**400 - 1, f"{'9' * 20}… (400 digits)"),
        (10**400, f"1{'0' * 19}… (401 digits)"),
        # More digits than Python writes.
        (7 * 10**9999, f"7{'0' * 19}… (10,000 digits)"),
        (1e22, f"1{'0' * 19}… (23 digits)"),
    ],
    # Some have more digits than pytest could write.
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_every_number_has_words(value, words):
    assert number_words(value) == words


def test_a_fact_without_an_upper_limit_has_words():
    words = value_words(DICTIONARY["interval_days"], int("1234567890" * 40))
    assert words == "12345678901234567890… (400 digits) days"
    result = {"analyte": "insulin", "value": 10**400}
    words = value_words(DICTIONARY["hormone_lab_results"], [result])
    assert words == f"Insulin, 1{'0' * 19}… (401 digits)"


@pytest.mark.parametrize("text", ["", "é", "\U0001f600", "\ue000", "\ud7ff"])
def test_text_is_storable(text):
    assert is_storable(text)


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "a\udfff"])
def test_what_is_no_text_is_not(text):
    assert not is_storable(text)


def test_a_record_joins_its_lists_and_says_to_what_it_answers_yes():
    study = {"modality": "CT", "contrast": True, "phases": ["unenhanced", "late_arterial", "x"]}
    words = value_words(DICTIONARY["studies"], [study, {"modality": "MRI", "phases": []}])
    assert words == "CT, contrast: yes, Unenhanced, Late arterial, x; MRI, none"
    treatment = {"type": "SSA", "ongoing": None}
    words = value_words(DICTIONARY["treatments"], [treatment])
    assert words == "Somatostatin analog, ongoing: unknown"
