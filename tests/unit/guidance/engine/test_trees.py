"""Conditions as trees in words, as they stand for one case."""

import json

import pytest
from hypothesis import given

from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.logic import STATES, parse_condition
from guidance.engine.trees import facts_of, is_close, open_facts, tree_of
from guidance.engine.why import tell
from tests.unit.guidance.cases import read_data
from tests.unit.guidance.properties.strategies import FACTS

EDITION = load_edition()


def tree(raw, reading):
    return tree_of(parse_condition(raw), reading, EDITION)


def test_a_number_is_said_with_its_label_and_unit():
    node = tree("ki67_percent > 10", {"ki67_percent": 8})
    assert node == {
        "kind": "leaf",
        "state": "not met",
        "text": "Ki-67 index above 10 % positive nuclei",
        "fact": "ki67_percent",
        "value": "8 % positive nuclei",
        "shown": "(8 % positive nuclei)",
        "line": None,
        "parts": [],
    }


def test_joined_conditions_say_what_joins_them():
    node = tree({"all": ["age_years >= 18", {"any": ["bone_pain = T", "alp_elevated = T"]}]}, {})
    assert (node["text"], node["fact"], node["state"]) == ("All of", None, "unknown")
    assert node["parts"][1]["text"] == "Any of"
    assert [part["text"] for part in node["parts"][1]["parts"]] == [
        "Bone pain: yes",
        "Alkaline phosphatase raised: yes",
    ]


def test_an_exception_is_said_in_one_line_with_the_value():
    node = tree({"unless": "sstr_result = negative"}, {"sstr_result": "positive"})
    assert (node["kind"], node["state"], node["parts"]) == ("unless", "met", [])
    assert node["text"] == "SSTR imaging result: not known to be negative"
    assert (node["fact"], node["value"]) == ("sstr_result", "Positive")


@pytest.mark.parametrize(
    ("raw", "reading", "shown"),
    [
        ("bone_pain = T", {"bone_pain": True}, ""),
        ("bone_pain = T", {"bone_pain": False}, "(No)"),
        ("bone_pain = T", {}, "(unknown)"),
        ("age_years >= 18", {"age_years": 58}, "(58 years)"),
    ],
)
def test_a_value_is_shown_where_the_text_does_not_say_it(raw, reading, shown):
    assert tree(raw, reading)["shown"] == shown


@pytest.mark.parametrize(
    ("raw", "reading", "value", "line"),
    [
        ("@grade = G3", {"@grade": "G2"}, "G2", "grade"),
        ("@grade = G3", {}, "unknown", "grade"),
        (
            "@scenario = SC-01",
            {"@scenario": "SC-01"},
            "initial staging for distant disease",
            "scenario",
        ),
        ("@scenario = SC-01", {"@scenario": "UNDETERMINED"}, "undetermined", "scenario"),
        ("@result = T", {"@result": False}, "no", None),
        ("@top = MRI_AP_WWO", {"@top": "none"}, "none", None),
        (
            "@top = MRI_AP_WWO",
            {"@top": "PET_FDG"},
            "FDG PET/CT",
            "study-PET_FDG",
        ),
        ("@treatment_types has TACE", {"@treatment_types": ("SSA",)}, "somatostatin analog", None),
        ("@treatment_types has TACE", {"@treatment_types": ()}, "none", None),
        (
            "@actions has OPT-LDT",
            {"@actions": ("OPT-LDT",)},
            "liver-directed therapy (embolization, ablation; a new line if used before)",
            "action-OPT-LDT",
        ),
        ("@actions has OPT-LDT", {"@actions": ()}, "none", None),
    ],
)
def test_a_finding_is_said_in_words_with_the_line_that_explains_it(raw, reading, value, line):
    node = tree(raw, reading)
    assert (node["value"], node["line"]) == (value, line)


def test_facts_behind_findings_are_facts_used():
    conditions = [parse_condition({"all": ["bone_pain = T", "@grade = G3", "@mri_removed = T"]})]
    assert facts_of(conditions) == (
        "bone_pain",
        "ki67_percent",
        "mitoses_per_10hpf",
        "pathologist_grade",
        "who_version",
    )


PAIN, ALP = "bone_pain = T", "alp_elevated = T"
BOTH = ["bone_pain", "alp_elevated"]
ON_SCHEDULE = {"followup_policy": "FU-01", "months_since_last_imaging": 3}


@pytest.mark.parametrize(
    ("raw", "reading", "opened", "close"),
    [
        (PAIN, {}, ["bone_pain"], True),
        (PAIN, {"bone_pain": True}, [], False),
        (PAIN, {"bone_pain": False}, [], False),
        ("bone_pain = unknown", {}, [], False),
        ({"any": [PAIN, ALP]}, {}, BOTH, True),
        ({"all": [PAIN, ALP]}, {}, BOTH, False),
        ({"all": [PAIN, ALP]}, {"bone_pain": False}, [], False),
        ({"not": PAIN}, {}, ["bone_pain"], True),
        ({"not": {"all": [PAIN, ALP]}}, {}, BOTH, True),
        ({"not": {"any": [PAIN, ALP]}}, {}, BOTH, False),
        ({"unless": PAIN}, {}, [], False),
        ({"all": [{"unless": PAIN}, ALP]}, {}, ["alp_elevated"], True),
        ({"all": [{"unless": PAIN}, ALP]}, {"bone_pain": True}, [], False),
        ({"not": {"unless": PAIN}}, {}, [], True),
        # On schedule and unknown are the same to a check of the schedule; facts tell them apart.
        ("@schedule = LATE", ON_SCHEDULE, [], False),
        ("@schedule = LATE", {}, ["followup_policy", "months_since_last_imaging"], True),
    ],
)
def test_what_is_open_and_whether_one_thing_would_settle_it(raw, reading, opened, close):
    condition = parse_condition(raw)
    assert list(open_facts(condition, reading)) == opened
    assert is_close(condition, reading) is close


CONDITIONS = [
    *(check.condition for check in EDITION.checks["FULL"] if check.condition),
    *(entry.condition for entry in EDITION.board.escalations),
    *(rule.condition for step in EDITION.catalogue.steps for rule in step.rules),
]


@given(FACTS)
def test_a_tree_stands_as_its_condition_does(raw):
    told = tell(parse_facts(raw), EDITION)
    for condition in CONDITIONS:
        node = tree_of(condition, told.reading, EDITION)
        assert node["state"] == STATES[condition.test(told.reading)]
        json.dumps(node)


def test_every_condition_of_the_edition_is_said():
    reading = tell(parse_facts(read_data("d0")), EDITION).reading
    for condition in CONDITIONS:
        assert tree_of(condition, reading, EDITION)["text"]
