"""The answers that a question about one fact can get, and the numbers that matter to it."""

import pytest

from guidance.engine.changes.answers import answers_to
from guidance.engine.changes.thresholds import thresholds_of
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.facts import as_json, parse_fact

EDITION = load_edition()


def tried(name):
    return answers_to(DICTIONARY[name], thresholds_of(EDITION).get(name, ()))


def test_yes_and_no():
    assert [(answer.value, answer.words) for answer in tried("bone_pain")] == [
        (True, "Yes"),
        (False, "No"),
    ]


def test_each_code():
    assert [answer.value for answer in tried("dominant_site")] == ["liver", "extrahepatic", "none"]


def test_a_list_is_empty_or_has_one_of_each():
    answers = tried("new_symptoms")
    assert [answer.value for answer in answers[:3]] == [(), ("abdominal_pain",), ("jaundice",)]
    assert answers[0].words == "none"


def test_records_that_need_no_more_than_a_code():
    answers = tried("treatments")
    assert [as_json(answer.value) for answer in answers[:2]] == [[], [{"type": "surgery_primary"}]]
    assert tried("target_lesions") == []


@pytest.mark.parametrize("name", ["diagnosis_date", "ruleset_version", "fact_provenance"])
def test_dates_and_free_text_are_not_tried(name):
    assert tried(name) == []


@pytest.mark.parametrize("name", sorted(DICTIONARY))
def test_every_answer_is_one_that_the_dictionary_allows(name):
    for answer in tried(name):
        assert parse_fact(name, as_json(answer.value)) == answer.value


def test_thresholds_come_from_conditions_calculators_and_windows():
    found = thresholds_of(EDITION)
    assert set(found["ki67_percent"]) >= {2, 3, 20}
    assert set(found["mitoses_per_10hpf"]) >= {2, 20}
    assert 18 in found["age_years"]
    assert set(found["liver_burden_percent"]) >= {25, 30}
    assert set(found["months_since_last_imaging"]) >= {3, 6, 12}
    assert found["age_years"] == tuple(sorted(found["age_years"]))
    assert thresholds_of(EDITION) is found
