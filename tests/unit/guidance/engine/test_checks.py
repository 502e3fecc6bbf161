"""Each check of the specification's section 6: raised, just not raised, and while unknown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance.engine.checks import raise_warnings
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import on_base, read_on_base
from tests.unit.guidance.engine.check_cases import (
    BILIARY,
    CARCINOMA,
    CASES,
    GROWN,
    LOW_RISK,
    PROGRESSION,
    YEARLY,
    ordered,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
class TestEachCheck:
    def test_is_raised(self, case):
        assert case.code in on_base(case.base, case.raised)["warnings"]

    def test_is_just_not_raised(self, case):
        assert case.code not in on_base(case.base, case.quiet)["warnings"]

    def test_while_unknown(self, case):
        unknown = {} if case.unknown is None else case.unknown
        assert (case.code in on_base(case.base, unknown)["warnings"]) == case.warns


def test_every_check_has_its_case():
    codes = {entry["code"] for entry in load_edition().content["checks"]["checks"]}
    assert {case.code for case in CASES} == codes


def test_where_nothing_is_covered_only_that_is_said():
    facts = {"age_years": 17, "bone_pain": True, "ki67_percent": 2, "sstr_result": "negative"}
    assert on_base("S", facts)["warnings"] == ["W-NOT-COVERED"]


def test_a_contradiction_leaves_the_notes_on_the_grade():
    facts = {"residual_disease_known": True, "ki67_percent": 30, "cga_trend": "rising"}
    assert on_base("R", facts)["warnings"] == ["W-CONFLICT", "W-G3-WELL-DIFF"]


CRITICAL, CAUTION, INFO = "CRITICAL", "CAUTION", "INFO"
NEGATIVE = {"sstr_result": "negative", "ki67_percent": 1}
NO_GADOLINIUM = ordered("MRI_AP_WO", gbca_permitted=False)
G3_PROGRESSION = {**PROGRESSION, "ki67_percent": 30}


@pytest.mark.parametrize(
    ("code", "severity", "base", "facts"),
    [
        ("W-NEG-SSTR", CAUTION, "S", NEGATIVE),
        ("W-NEG-SSTR", CRITICAL, "S", {**NEGATIVE, "ki67_percent": 30}),
        ("W-NEG-SSTR", CRITICAL, "S", {**NEGATIVE, "differentiation": "unknown"}),
        ("W-NEG-SSTR", CRITICAL, "S", {**NEGATIVE, **CARCINOMA}),
        ("W-NONCONTRAST", CRITICAL, "R", ordered("MRI_AP_WO")),
        ("W-NONCONTRAST", CAUTION, "R", NO_GADOLINIUM),
        ("W-NONCONTRAST", CRITICAL, "R", ordered("CT_AP_WO", gbca_permitted=False)),
        ("W-NONCONTRAST", CRITICAL, "F", NO_GADOLINIUM),
        ("W-NONCONTRAST", CRITICAL, "S", NO_GADOLINIUM),
        ("W-G3-WELL-DIFF", CAUTION, "S", {"ki67_percent": 30}),
        ("W-G3-WELL-DIFF", INFO, "S", {"ki67_percent": 30, "who_version": "WHO2022"}),
        ("W-LDT-GRADE", CRITICAL, "F", G3_PROGRESSION),
        ("W-LDT-GRADE", CAUTION, "F", {**G3_PROGRESSION, "who_version": "WHO2017"}),
        (
            "W-LDT-GRADE",
            CRITICAL,
            "F",
            {
                **CARCINOMA,
                "ki67_percent": 30,
                "who_version": "WHO2022",
                "proposed_treatment": "TARE",
            },
        ),
        ("W-BILIOENTERIC", CAUTION, "F", {"proposed_treatment": "TARE", BILIARY: True}),
        ("W-BILIOENTERIC", CRITICAL, "F", {"proposed_treatment": "TAE", BILIARY: True}),
        ("W-BILIOENTERIC", CRITICAL, "F", {**PROGRESSION, BILIARY: True}),
    ],
)
def test_severity_variant(code, severity, base, facts):
    found = {check["code"]: check for check in on_base(base, facts)["checks"]}
    assert found[code]["severity"] == severity


#: Section 6, where a check has one severity.
SEVERITIES = {
    CRITICAL: ("W-EUS-FOR-METS W-GENERIC-PROTOCOL W-NEC W-UNA-ORDER W-COMBINED-CONTRA W-CONFLICT"),
    CAUTION: (
        "W-CHEST W-MODALITY-SWITCH W-RECIST-ONLY W-EXTRAHEPATIC W-SCHEDULE W-MARKER-RISING W-BONE"
        " W-THERAPY-UNKNOWN W-PSEUDOPROGRESSION W-HAEMORRHAGE W-ADC W-PHASE-TIMING W-PREOP-MRCP"
        " W-PREOP-LIVER-MRI W-SSTR-INSULINOMA W-SRS-SMALL W-CEUS-DETECT W-IHC-FUNCTION"
        " W-MIMIC-RCC W-MIMIC-SPLEEN W-MIMIC-VESSEL W-BRAIN-NEC W-BONE-25 W-PVT W-BURDEN-30"
        " W-DEB W-TACE-CRISIS W-GROWTH-DISCORD W-GROWTH-TREATED W-GRADE-GAP W-GRADE-DISCORDANT"
    ),
    INFO: (
        "W-MARKER-MISSING W-RADIATION W-UNRATED-ORDER W-SSTR-PHYSIOLOGIC W-IMAGING-FUNCTION"
        " W-ARTERIAL-MASK W-UNDETECTED W-STREPTOZOCIN-GA W-RAPID-GROWTH W-GRADE-BOUNDARY"
        " W-INTERVAL-DISAGREE W-CONTRAST-CROSS W-NAMED-ONLY W-NOT-COVERED"
    ),
}


def test_severities_are_those_of_the_specification():
    wanted = {code: severity for severity, codes in SEVERITIES.items() for code in codes.split()}
    found = {
        entry["code"]: entry["severity"]
        for entry in load_edition().content["checks"]["checks"]
        if "severities" not in entry
    }
    varied = {"W-NONCONTRAST", "W-NEG-SSTR", "W-BILIOENTERIC", "W-LDT-GRADE", "W-G3-WELL-DIFF"}
    assert found == wanted
    assert not varied & wanted.keys()


@pytest.mark.parametrize(
    ("base", "facts", "words"),
    [
        ("F", {"mri_contraindicated": True}, "cannot be avoided"),
        # MRI without contrast stays possible here.
        ("F", {"gbca_permitted": False}, "MRI with contrast is not possible"),
        ("F", {"prior_followup_modalities": ["CT"]}, "new baseline"),
        ("F", {"prior_followup_modalities": ["CT", "MRI"]}, "stay with one modality"),
    ],
)
def test_change_of_modality_says_what_can_be_done(base, facts, words):
    texts = [c["text"] for c in on_base(base, facts)["checks"] if c["code"] == "W-MODALITY-SWITCH"]
    assert len(texts) == 1
    assert words in texts[0]


@pytest.mark.parametrize(
    ("code", "base", "facts", "words"),
    [
        ("W-NONCONTRAST", "R", ordered("CT_AP_WO"), "critical error"),
        ("W-NONCONTRAST", "S", ordered("CT_AP_WO"), "Usually not appropriate"),
        ("W-NONCONTRAST", "R", NO_GADOLINIUM, "named fallback"),
        ("W-NEG-SSTR", "S", NEGATIVE, "May be appropriate"),
        ("W-NEG-SSTR", "R", NEGATIVE, "Usually not appropriate"),
        ("W-NEG-SSTR", "F", NEGATIVE, "not rated"),
        (
            "W-NEG-SSTR",
            "S",
            {"study_outcome": "negative", "study_modality": "PET_SSTR"},
            "does not establish localized disease",
        ),
        ("W-EXTRAHEPATIC", "S", {"ordered_covers_pelvis": False}, "Pelvic nodes and bones"),
        ("W-EXTRAHEPATIC", "F", {"ordered_covers_pelvis": False}, "extrahepatic sites"),
        ("W-UNRATED-ORDER", "S", ordered("PET_DOTATOC"), "DOTATATE only"),
        ("W-GROWTH-TREATED", "F", GROWN, "not known"),
    ],
)
def test_the_words_fit_the_case(code, base, facts, words):
    (text,) = (c["text"] for c in on_base(base, facts)["checks"] if c["code"] == code)
    assert words in text


@pytest.mark.parametrize(
    ("policy", "months", "raised"),
    [
        ("FU-01", 13, "Later"),
        ("FU-01", 5, "Earlier"),
        ("FU-01", 12, None),
        ("FU-02", 60, None),
        ("FU-02", "unknown", None),
        # The policy of treated disease judges no surveillance.
        ("FU-05", 60, None),
    ],
)
def test_schedule_is_judged_by_the_chosen_policy(policy, months, raised):
    facts = {**LOW_RISK, "followup_policy": policy, "months_since_last_imaging": months}
    texts = [c["text"] for c in on_base("R", facts)["checks"] if c["code"] == "W-SCHEDULE"]
    assert [text.split()[0] for text in texts] == ([] if raised is None else [raised])


def test_schedule_is_not_judged_where_the_window_is_unknown():
    facts = {"followup_policy": "FU-01", "months_since_last_imaging": 40}
    assert "W-SCHEDULE" not in on_base("R", facts)["warnings"]


@pytest.mark.parametrize(("months", "said"), [(13, "Later than"), (3, "just read")])
def test_the_schedule_is_judged_after_a_result_too(months, said):
    facts = {**YEARLY, "months_since_last_imaging": months, "study_outcome": "negative"}
    texts = [c["text"] for c in on_base("R", facts)["checks"] if c["code"] == "W-SCHEDULE"]
    assert len(texts) == 1
    assert said in texts[0]


def value(name):
    fact = DICTIONARY[name]
    if fact.kind == "list":
        return st.lists(st.sampled_from(fact.allowed), max_size=2)
    if fact.allowed:
        return st.sampled_from(fact.allowed)
    return st.sampled_from(
        [n for n in (1, 2, 3, 20, 30, 31) if fact.high is None or n <= fact.high]
    )


NAMED = sorted({name for case in CASES for name in case.raised if name != "age_years"})
PLAIN = [name for name in NAMED if DICTIONARY[name].kind != "records"]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from("SRF"),
    st.fixed_dictionaries({}, optional={name: value(name) for name in PLAIN}),
)
def test_a_check_is_passed_over_only_where_it_cannot_be_raised(base, facts):
    reading, answer = read_on_base(base, facts)
    checks = load_edition().checks[answer["scenario_status"]]
    raised = [check.code for check in checks if check.is_raised(reading)]
    assert [warning.code for warning in raise_warnings(reading, checks)] == raised
