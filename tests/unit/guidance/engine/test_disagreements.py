import json

import pytest

from guidance.engine.concern import shown_codes
from guidance.engine.disagreements import concerning
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import read, read_data, read_on_base

EDITION = load_edition()
VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}
NEGATIVE = {"ki67_percent": 1, "stage_class": "early", "study_outcome": "negative"}


def shown(reading, answer):
    return concerning(reading, shown_codes(answer), EDITION)


def ids(reading, answer):
    return [entry["id"] for entry in shown(reading, answer)]


# By hand from the specification: the notes of section 14.2 and the handling column of 2.5.
@pytest.mark.parametrize(
    ("vignette", "expected"),
    [
        # MRI first and nothing ordered: nothing to warn of.
        ("V01", []),
        ("V02", []),
        # Metastases: liver-directed therapy, PRRT, and how firmly the board is called.
        ("V03", ["N-25", "N-27", "N-44"]),
        ("V04", []),
        # No number of months at staging; MRI or receptor PET.
        ("V05", ["N-15", "N-41"]),
        ("V06", []),
        # Ki-67 of exactly 2 %.
        ("V07", ["N-18"]),
        # Ki-67 30 %, receptor-negative: FDG; well differentiated with G3.
        ("V08", ["N-07", "N-17"]),
        # Carcinoma sent for staging.
        ("V10", ["N-45"]),
        # DOTATATE PET/CT remains; its radiation level is stated in three ways.
        ("V11", ["N-03"]),
        ("V12", []),
        # All windows meet at 12 months; only scheduled receptor imaging is contested.
        ("V13", ["N-37"]),
        # G2, 24 months, Ki-67 12 %.
        ("V14", ["N-07", "N-16", "N-37"]),
        ("V15", []),
        ("V17", []),
        # MRI leads with its own rating of surveillance.
        ("V18", ["N-05"]),
        # MRI without contrast.
        ("V19", ["N-10"]),
        ("V21", []),
        # Recurrence: an unordered pair, and the board.
        ("V22", ["N-44", "N-39", "N-41"]),
        ("V24", []),
        # CT in treated liver disease.
        ("V25", ["N-01", "N-04", "N-09", "N-11"]),
        ("V26", ["N-25", "N-27", "N-28", "N-44"]),
        ("V28", ["N-15", "N-41"]),
        ("V29", ["N-01", "N-04"]),
        ("V30", []),
        ("V32", []),
        ("V34", []),
        ("V36", []),
        # Ki-67 2.5 % has no class.
        ("V37", ["N-19", "N-37"]),
        # PRRT is asked for, not offered.
        ("V39", ["N-25", "N-44"]),
    ],
)
def test_a_vignette_shows_what_matters_to_it(vignette, expected):
    assert ids(*read(read_data("d0"), VIGNETTES[vignette])) == expected


CASES = [
    ("N-01", "F", {"ordered_procedure": "CT_AP_W"}, {"ordered_procedure": "PET_DOTATATE"}),
    ("N-02", "R", {"ordered_procedure": "PET_DOTATATE"}, {}),
    ("N-03", "F", {"ordered_procedure": "PET_DOTATATE"}, {}),
    ("N-04", "F", {"ordered_procedure": "CT_AP_W"}, {"ordered_procedure": "MRI_AP_WWO"}),
    ("N-04", "S", {"ordered_procedure": "CT_AP_WWO"}, {"ordered_procedure": "CT_AP_W"}),
    ("N-05", "R", {"ordered_procedure": "MRI_AP_WWO"}, {}),
    ("N-06", "R", {"ordered_procedure": "PET_DOTATATE"}, {"ordered_procedure": "CT_AP_W"}),
    ("N-07", "F", {"ordered_procedure": "PET_FDG"}, {"ki67_percent": 10}),
    ("N-07", "R", {"rapid_growth": True}, {"rapid_growth": False}),
    ("N-08", "S", {"diagnosis_basis": "suspected"}, {}),
    ("N-08", "S", {"diagnosis_basis": "highly_suspected"}, {}),
    ("N-09", "R", {"considered_young": True}, {"considered_young": "unknown"}),
    ("N-09", "F", {"prior_followup_modalities": ["CT"]}, {}),
    ("N-10", "S", {"ordered_procedure": "MRI_AP_WO"}, {}),
    ("N-11", "R", {"ordered_procedure": "CT_AP_W"}, {"ordered_procedure": "CT_AP_WO"}),
    ("N-12", "R", {"ordered_phases": ["early_arterial"]}, {"ordered_phases": ["late_arterial"]}),
    ("N-14", "R", {"thoracic_metastasis_risk_high": True}, {}),
    ("N-14", "F", {"metastatic_sites": ["liver", "lung"]}, {"metastatic_sites": ["liver"]}),
    ("N-15", "R", {"study_outcome": "indeterminate"}, {"study_outcome": "positive"}),
    ("N-16", "R", NEGATIVE | {"months_since_resection": 6}, NEGATIVE | {"ki67_percent": 2.5}),
    ("N-17", "S", {"ki67_percent": 30}, {"ki67_percent": 20}),
    (
        "N-17",
        "S",
        {"ki67_percent": 45, "differentiation": "unknown", "histology_subtype": "unknown"},
        {"ki67_percent": 45, "differentiation": "poor", "histology_subtype": "NEC_large_cell"},
    ),
    ("N-22", "S", {"adc_mm2_s_e3": 1.1}, {}),
    ("N-25", "F", {"proposed_treatment": "ablation"}, {"proposed_treatment": "everolimus"}),
    (
        "N-26",
        "F",
        {"proposed_treatment": "TARE", "bilioenteric_anastomosis_or_biliary_device": True},
        {"proposed_treatment": "TARE"},
    ),
    ("N-27", "F", {"clinical_question": "prrt_selection"}, {}),
    ("N-28", "F", {"proposed_treatment": "PRRT"}, {}),
    (
        "N-29",
        "S",
        {"limited_to_pancreas": True, "primary_size_mm": 45},
        {"limited_to_pancreas": True, "primary_size_mm": 30},
    ),
    (
        "N-29",
        "S",
        {"invades_adjacent_organs": ["spleen"]},
        {"invades_adjacent_organs": ["spleen"], "involves_sma": True},
    ),
    ("N-32", "S", {"delayed_enhancement": True}, {"delayed_enhancement": False}),
    ("N-37", "R", {"followup_policy": "FU-02"}, {"followup_policy": "FU-01"}),
    ("N-38", "R", {"prior_followup_modalities": ["US"]}, {"prior_followup_modalities": ["CT"]}),
    ("N-39", "R", {"study_outcome": "positive"}, {"study_outcome": "negative"}),
    (
        "N-40",
        "F",
        {"recist_sum_mm_t0": 100, "recist_sum_mm_t1": 119, "interval_days": 365},
        {"recist_sum_mm_t0": 100, "recist_sum_mm_t1": 110, "interval_days": 365},
    ),
    (
        "N-41",
        "F",
        {"clinical_question": "preoperative_planning", "liver_surgery_planned": True},
        {"clinical_question": "preoperative_planning"},
    ),
    ("N-42", "S", {"sstr_pet_available": False}, {"sstr_pet_available": "unknown"}),
    ("N-44", "S", {"study_outcome": "positive"}, {"study_outcome": "negative"}),
    (
        "N-45",
        "S",
        {"histology_subtype": "MANEC", "differentiation": "unknown"},
        {"differentiation": "unknown", "histology_subtype": "unknown", "ki67_percent": 5},
    ),
    (
        "N-47",
        "R",
        NEGATIVE | {"months_since_resection": 24, "followup_policy": "FU-02"},
        NEGATIVE | {"months_since_resection": 24, "followup_policy": "FU-01"},
    ),
    (
        "N-49",
        "F",
        {
            "resection_status": "complete",
            "recurrence_status": "confirmed",
            "prior_followup_modalities": ["CT"],
        },
        {"prior_followup_modalities": ["CT"]},
    ),
    (
        "N-50",
        "S",
        {"functional_subtype": "gastrinoma", "hereditary_syndrome": "MEN1"},
        {"functional_subtype": "gastrinoma", "hereditary_syndrome": "VHL"},
    ),
    ("N-53", "F", {"proposed_treatment": "ablation"}, {"proposed_treatment": "TACE"}),
]


@pytest.mark.parametrize(("entry", "base", "facts", "other"), CASES)
def test_an_entry_is_shown_where_it_matters_and_not_beside_its_neighbor(entry, base, facts, other):
    assert entry in ids(*read_on_base(base, facts))
    assert entry not in ids(*read_on_base(base, other))


def test_every_entry_that_can_matter_is_shown_somewhere():
    seen = {entry for case in CASES for entry in ids(*read_on_base(case[1], case[2]))}
    for facts in VIGNETTES.values():
        seen.update(ids(*read(read_data("d0"), facts)))
    in_tables = {"N-20", "N-31", "N-35"}
    register = {entry.id for entry in EDITION.disagreements if entry.severity != "L"}
    assert register - seen == in_tables


def test_figures_that_stand_in_tables_bring_their_disagreement_with_the_row():
    reading, answer = read_on_base("S")
    found = concerning(reading, shown_codes(answer) | {"EPI-FUNCTION", "DP-02"}, EDITION)
    assert [entry["id"] for entry in found] == ["N-20", "N-31"]


def test_editorial_entries_are_for_the_library_only():
    reading, answer = read_on_base("S")
    everything = {code for entry in EDITION.disagreements for code in entry.concern.codes}
    found = concerning(reading, shown_codes(answer) | everything, EDITION)
    assert {entry["severity"] for entry in found} == {"H", "M"}


def test_beside_a_contradiction_only_the_grade_is_spoken_of():
    facts = {"residual_disease_known": True, "ki67_percent": 2, "sstr_pet_available": False}
    reading, answer = read_on_base("R", facts)
    assert answer["scenario"] == "CONFLICT"
    assert ids(reading, answer) == ["N-18"]


def test_each_side_is_shown_with_the_date_of_its_document():
    reading, answer = read(read_data("d0"), VIGNETTES["V14"])
    found = next(entry for entry in shown(reading, answer) if entry["id"] == "N-07")
    assert [(side["source"][:3], side["dated"]) for side in found["statements"]] == [
        ("002", "2026-05-30"),
        ("001", "2026-05-30"),
        ("000", "2026-05-30"),
        ("004", "2016, article in press"),
        ("003", "undated"),
    ]
    assert set(found) == {"id", "severity", "text", "statements", "handling", "source"}
    json.dumps(found)
