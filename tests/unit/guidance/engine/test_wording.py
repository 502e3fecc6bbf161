"""Conditions in words: true to what they test, and in the words of the dictionary."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from guidance.engine.edition import load_edition
from guidance.engine.logic import ConditionError
from guidance.engine.wording import finding_words, sentence, uncapitalized, wording

EDITION = load_edition()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("chest_imaging_done = F", "Chest imaged: no"),
        ("differentiation = well", "Differentiation: well differentiated"),
        ("differentiation != well", "Differentiation: known, and not well differentiated"),
        ("ki67_percent > 10", "Ki-67 index above 10 % positive nuclei"),
        ("ki67_percent <= 10", "Ki-67 index at most 10 % positive nuclei"),
        ("age_years < 18", "Age below 18 years"),
        ("krenning_grade >= 3", "Krenning grade at least 3"),
        ("adc_mm2_s_e3 >= 0", "ADC: known"),
        (
            "cga_trend in {stable, falling, normal}",
            "Chromogranin A trend: stable, falling or normal",
        ),
        ("ordered_phases has late_arterial", "Phases ordered: late arterial among them"),
        ("new_symptoms = []", "New symptoms: none"),
        ("treatments != []", "Treatments: at least one"),
        ("differentiation = unknown", "Differentiation: unknown"),
        ("differentiation != unknown", "Differentiation: known"),
        ("@scenario = SC-03", "Scenario: surveillance after complete resection"),
        ("@scenario = UNDETERMINED", "Scenario: undetermined"),
        ("@scenario = NOT_COVERED:PREGNANCY", "Scenario: not covered"),
        ("@status in {NAMED, NOT_COVERED}", "Kind of scenario: named only or not covered"),
        ("@result = T", "Result entered: yes"),
        ("@top = MRI_AP_WWO", "First study: MRI abdomen and pelvis without and with IV contrast"),
        ("@top = none", "First study: none"),
        ("@branch = B-01-POS", "What the result shows: positive for distant disease (B-01-POS)"),
        ("@branch = none", "What the result shows: none"),
        ("@grade = G3", "Grade: G3"),
        ("@schedule = LATE", "Next study against the schedule: late"),
        (
            "@actions has ACT-MDT",
            "What follows: present the case at the multidisciplinary tumor board among them",
        ),
        ("@combined_contraindication = T", "Contrast-enhanced anatomical studies: none possible"),
    ],
)
def test_a_comparison_reads_as_a_sentence(raw, words):
    assert sentence(raw, EDITION) == words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        # `unless` holds while the fact is unknown, and says so.
        (
            {"unless": "differentiation = well"},
            "Differentiation: not known to be well differentiated",
        ),
        ({"unless": "krenning_grade < 3"}, "Krenning grade: not known to be below 3"),
        (
            {"unless": "ordered_phases has pancreatic"},
            "Phases ordered: not known to include pancreatic",
        ),
        ({"unless": "treatments = []"}, "Treatments: not known to be none"),
        ({"unless": "treatments != []"}, "Treatments: not known to be any"),
        ({"unless": "differentiation in {well, poor}"}, "Differentiation: unknown"),
        ({"unless": "differentiation = unknown"}, "Differentiation: known"),
        ({"unless": "sex != male"}, "Sex: male, or unknown"),
        # `not` does not hold while it is unknown.
        ({"not": "sex = male"}, "Sex: known, and not male"),
        ({"not": "sex != male"}, "Sex: male"),
        ({"not": "new_symptoms = []"}, "New symptoms: at least one"),
        ({"not": "@done_modalities has US"}, "Studies done: known, and without ultrasound"),
        ({"all": ["sex = male"]}, "Sex: male"),
        (
            {"all": ["sex = male", {"any": ["bone_pain = T", "alp_elevated = T"]}]},
            "Sex: male; and (Bone pain: yes; or Alkaline phosphatase raised: yes)",
        ),
        (
            {"any": ["@treatment_types has TACE", "@treatment_types has TAE"]},
            "Treatments: TACE or TAE among them",
        ),
        (
            {"unless": {"all": ["bone_pain = T", "sex = male"]}},
            "not known to hold: (Bone pain: yes; and Sex: male)",
        ),
        (
            {"not": {"any": ["bone_pain = T", "sex = male"]}},
            "not: (Bone pain: yes; or Sex: male)",
        ),
    ],
)
def test_a_joined_condition_reads_as_a_sentence(raw, words):
    assert sentence(raw, EDITION) == words


def test_what_a_condition_joins_stays_a_list():
    found = wording({"any": ["bone_pain = T", {"all": ["sex = male", "age_years > 80"]}]}, EDITION)

    assert found.lead == "Any of"
    assert found.parts[0].text == "Bone pain: yes"
    assert found.parts[1].lead == "All of"


@pytest.mark.parametrize(
    "raw", ["", "ki67_percent", 7, {}, {"some": []}, {"all": [], "any": []}, {"unless": "what"}]
)
def test_what_is_no_condition_is_refused(raw):
    with pytest.raises(ConditionError):
        wording(raw, EDITION)


def test_a_finding_without_words_goes_by_its_name():
    assert sentence("@new_finding = T", EDITION) == "New finding: yes"
    assert sentence("@new_finding = here", EDITION) == "New finding: here"


@pytest.mark.parametrize(
    ("words", "within"),
    [
        ("Well differentiated", "well differentiated"),
        ("Follow-up of disease", "follow-up of disease"),
        ("A lesion", "a lesion"),
        ("MRI of the liver", "MRI of the liver"),
        ("In-111 pentetreotide", "In-111 pentetreotide"),
        ("G1", "G1"),
        ("FDG PET/CT", "FDG PET/CT"),
    ],
)
def test_abbreviations_keep_their_capitals(words, within):
    assert uncapitalized(words) == within


def conditions_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("when", "done_when"):
                yield part
            else:
                yield from conditions_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from conditions_in(part)


def test_no_condition_of_the_edition_shows_a_name_from_inside():
    names = {name for name in EDITION.dictionary if "_" in name}
    for raw in conditions_in(dict(EDITION.content)):
        said = sentence(raw, EDITION)
        assert "@" not in said
        assert not names.intersection(re.findall(r"\w+", said)), said


def test_a_finding_in_one_case_reads_in_words_and_an_unnamed_code_as_it_is():
    assert finding_words("@scenario", None, EDITION) == "unknown"
    assert finding_words("@mri_removed", True, EDITION) == "yes"
    assert finding_words("@treatment_types", (), EDITION) == "none"
    assert finding_words("@actions", ("ACT-GONE",), EDITION) == "ACT-GONE"
