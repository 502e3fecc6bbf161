import json

import pytest

from guidance.engine.concern import shown_codes
from guidance.engine.edition import load_edition
from guidance.engine.uncovered import concerning
from tests.unit.guidance.cases import read, read_data, read_on_base

EDITION = load_edition()
VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}
PROGRESSION = {"study_outcome": "progression", "new_lesions": True}
UNTREATED = {
    "treated_for_current_disease": False,
    "treatments": [],
    "clinical_question": "observation_followup",
}
NEGATIVE = {"study_outcome": "negative", "ki67_percent": 1}


def topics(reading, answer):
    found = concerning(reading, shown_codes(answer), EDITION)
    return [entry["number"] or entry["topic"] for entry in found]


@pytest.mark.parametrize(
    ("vignette", "expected"),
    [
        ("V01", []),
        ("V02", ["MRI with a conditional pacemaker"]),
        ("V05", [6]),
        ("V10", [3, 5]),
        ("V13", [9, 10]),
        ("V15", [3, 21, "Follow-up interval"]),
        ("V17", []),
        ("V19", [11, "Timing around dialysis", "Metformin and iodinated contrast"]),
        ("V22", [32]),
        ("V26", [7, 14, 20, 23, 36]),
        ("V28", []),
        ("V32", [3, 8, 14]),
        ("V34", [1]),
        ("V36", []),
    ],
)
def test_a_vignette_is_told_what_the_sources_leave_open(vignette, expected):
    assert topics(*read(read_data("d0"), VIGNETTES[vignette])) == expected


CASES = [
    (1, "S", {"pregnancy_status": "pregnant"}, {}),
    (2, "S", {"age_years": 17}, {"age_years": 18}),
    (3, "S", {"clinical_question": "local_staging"}, {}),
    (4, "S", {"primary_site": "unknown_primary"}, {}),
    (4, "S", {"primary_site": "duodenum"}, {"primary_site": "unknown"}),
    (5, "S", {"differentiation": "poor", "histology_subtype": "NEC_large_cell"}, {}),
    (6, "S", {"study_outcome": "indeterminate"}, {"study_outcome": "positive"}),
    (7, "F", PROGRESSION, {"study_outcome": "stable"}),
    (7, "F", {"study_outcome": "complication"}, {"study_outcome": "response"}),
    (8, "F", UNTREATED, {}),
    (9, "R", NEGATIVE, {"study_outcome": "positive"}),
    (10, "R", {"thoracic_metastasis_risk_high": True}, {}),
    (10, "R", NEGATIVE | {"stage_class": "early"}, NEGATIVE),
    (10, "F", {"metastatic_sites": ["liver", "bone"]}, {"metastatic_sites": ["liver"]}),
    (11, "S", {"gbca_permitted": False}, {}),
    (12, "S", {"sstr_pet_available": False}, {}),
    (
        13,
        "F",
        {"mri_contraindicated": True, "iodinated_contrast_severe_allergy": True},
        {"mri_contraindicated": True},
    ),
    (14, "F", {"study_outcome": "stable"}, {"study_outcome": "indeterminate"}),
    (
        15,
        "F",
        {"treatments": ["PRRT"], "study_outcome": "response"},
        {"treatments": ["SSA"], "study_outcome": "response"},
    ),
    (16, "S", {"study_outcome": "negative"}, {"study_outcome": "positive"}),
    (16, "S", {"tnm_system": "AJCC8"}, {"tnm_system": "UICC"}),
    (
        17,
        "S",
        {"who_version": "WHO2022", "ki67_percent": 30},
        {"who_version": "WHO2022", "ki67_percent": 3},
    ),
    (17, "S", {"who_version": "WHO2017", "ki67_percent": 2.5}, {"ki67_percent": 2.5}),
    (18, "S", {"ki67_percent": 1, "mitoses_per_10hpf": 5}, {"ki67_percent": 1}),
    (19, "S", {"sstr_suvmax": 22}, {}),
    (19, "F", {"clinical_question": "prrt_selection"}, {}),
    (20, "S", {"study_outcome": "positive"}, {"study_outcome": "negative"}),
    (21, "R", {"cga_trend": "rising"}, {"cga_trend": "falling"}),
    (
        22,
        "S",
        {"study_outcome": "negative", "functional_status": "non_functioning"},
        {"study_outcome": "negative", "functional_status": "functioning"},
    ),
    (23, "F", PROGRESSION, {"study_outcome": "stable"}),
    (24, "F", {"proposed_treatment": "transplant"}, {"proposed_treatment": "debulking"}),
    (25, "S", {"clinical_question": "hereditary_screening"}, {}),
    (26, "F", {"study_outcome": "complication"}, PROGRESSION),
    (28, "S", {"sstr_tracer": "other"}, {"sstr_tracer": "DOTATOC"}),
    (30, "S", {"clinical_question": "local_staging"}, {}),
    (31, "R", {"new_symptoms": ["other_concerning"]}, {"new_symptoms": ["flushing"]}),
    (32, "R", {"study_outcome": "positive"}, {"study_outcome": "indeterminate"}),
    (33, "F", {"metastatic_sites": ["liver", "bone"]}, {"metastatic_sites": ["liver", "lung"]}),
    (34, "F", PROGRESSION | {"prior_prrt": True}, PROGRESSION | {"prior_prrt": False}),
    (35, "S", {"hereditary_syndrome": "suspected"}, {"hereditary_syndrome": "none"}),
    (36, "F", {"ordered_procedure": "PET_DOTATATE"}, {"ordered_procedure": "MRI_AP_WWO"}),
    (37, "F", {"metastases_known": False, "dominant_site": "none"}, {}),
    ("Measures against claustrophobia", "S", {"mri_tolerated": False}, {"mri_available": False}),
    ("Allergy to a PET tracer", "R", {"ordered_procedure": "PET_FDG"}, {}),
    (
        "Follow-up interval",
        "F",
        {"dominant_site": "extrahepatic", "metastatic_sites": ["bone"]},
        UNTREATED,
    ),
]


@pytest.mark.parametrize(("topic", "base", "facts", "other"), CASES)
def test_a_topic_is_told_where_it_matters_and_not_beside_its_neighbor(topic, base, facts, other):
    assert topic in topics(*read_on_base(base, facts))
    assert topic not in topics(*read_on_base(base, other))


def test_every_topic_but_those_of_the_library_is_told_somewhere():
    # PET/MR and prices: no fact of a case speaks of them.
    for_the_library = {27, 29}
    told = {case[0] for case in CASES}
    assert {gap.number for gap in EDITION.uncovered if gap.number} - told == for_the_library


def test_what_a_topic_says_is_not_said_twice():
    facts = {"renal_impairment_significant": True, "gbca_permitted": False}
    found = topics(*read_on_base("S", facts))
    assert 11 in found
    assert "eGFR limits" not in found
    assert "Gadolinium allergy and class of agent" not in found


def test_an_entry_says_how_near_the_documents_come():
    reading, answer = read_on_base("F", PROGRESSION)
    found = concerning(reading, shown_codes(answer), EDITION)
    assert found[0]["number"] == 7
    assert found[0]["source"] == "000 L30, L51; INT"
    assert all(set(entry) == {"number", "topic", "text", "source"} for entry in found)
    json.dumps(found)
