"""Each check of the specification's section 6 that no worked case reaches."""

import pytest

from tests.unit.guidance.cases import on_base

BILIARY = "bilioenteric_anastomosis_or_biliary_device"
PROGRESSION = {"study_outcome": "progression", "new_lesions": True}


@pytest.mark.parametrize(
    ("code", "base", "facts"),
    [
        ("W-BONE", "S", {"bone_pain": True}),
        ("W-EXTRAHEPATIC", "S", {"ordered_covers_pelvis": False}),
        ("W-NEG-SSTR", "S", {"study_modality": "PET_SSTR", "study_outcome": "negative"}),
        ("W-THERAPY-UNKNOWN", "F", {"study_outcome": "stable", "treatments": "unknown"}),
        ("W-THERAPY-UNKNOWN", "F", {"study_outcome": "stable", "treatments": []}),
        ("W-ADC", "S", {"adc_respiratory_triggered": True}),
        ("W-PHASE-TIMING", "S", {"contrast_flow_rate_ml_s": 3}),
        (
            "W-PHASE-TIMING",
            "R",
            {"ordered_procedure": "CT_AP_W", "ordered_phases": ["portal_venous"]},
        ),
        ("W-PREOP-MRCP", "S", {"pancreatic_resection_planned": True, "mrcp_included": False}),
        ("W-PREOP-LIVER-MRI", "S", {"liver_surgery_planned": True, "studies": []}),
        ("W-SRS-SMALL", "S", {"sstr_tracer": "In111_pentetreotide", "primary_size_mm": 19}),
        (
            "W-SSTR-PHYSIOLOGIC",
            "S",
            {"sstr_tracer": "In111_pentetreotide", "sstr_result": "negative"},
        ),
        (
            "W-CEUS-DETECT",
            "S",
            {"ordered_procedure": "CEUS", "clinical_question": "primary_detection"},
        ),
        (
            "W-IHC-FUNCTION",
            "S",
            {"functional_status": "functioning", "functional_status_basis": "hormone_ihc_only"},
        ),
        (
            "W-IMAGING-FUNCTION",
            "S",
            {"functional_status": "functioning", "functional_status_basis": "imaging_only"},
        ),
        ("W-MIMIC-RCC", "S", {"rcc_history": True, "arterial_enhancement": "hyper"}),
        ("W-MIMIC-SPLEEN", "S", {"lesion_signal_matches_spleen": True}),
        ("W-MIMIC-VESSEL", "S", {"adjacent_to_splenic_artery_loop": True}),
        ("W-UNDETECTED", "S", {"proposed_treatment": "ablation"}),
        (
            "W-BILIOENTERIC",
            "F",
            {**PROGRESSION, "bilioenteric_anastomosis_or_biliary_device": True},
        ),
        ("W-PVT", "F", {**PROGRESSION, "portal_vein_thrombosis": True}),
        ("W-BURDEN-30", "F", {**PROGRESSION, "liver_burden_percent": 31}),
        ("W-LDT-GRADE", "F", {**PROGRESSION, "ki67_percent": 30}),
        ("W-DEB", "F", {"proposed_treatment": "TACE", "tace_vehicle": "drug_eluting_beads"}),
        ("W-TACE-CRISIS", "F", {"proposed_treatment": "TAE"}),
        ("W-STREPTOZOCIN-GA", "F", {"proposed_treatment": "TACE", "tace_drug": "streptozocin"}),
        ("W-RAPID-GROWTH", "F", {"rapid_growth": True, "ki67_percent": 5}),
        ("W-UNRATED-ORDER", "S", {"ordered_procedure": "PET_DOTATOC"}),
    ],
)
def test_check_is_raised(code, base, facts):
    assert code not in on_base(base)["warnings"]
    assert code in on_base(base, facts)["warnings"]


@pytest.mark.parametrize(
    ("code", "severity", "base", "facts"),
    [
        ("W-NEG-SSTR", "CAUTION", "S", {"sstr_result": "negative", "ki67_percent": 1}),
        ("W-NEG-SSTR", "CRITICAL", "S", {"sstr_result": "negative", "ki67_percent": 30}),
        ("W-NONCONTRAST", "CRITICAL", "R", {"ordered_procedure": "MRI_AP_WO"}),
        (
            "W-NONCONTRAST",
            "CAUTION",
            "R",
            {"ordered_procedure": "MRI_AP_WO", "gbca_permitted": False},
        ),
        (
            "W-NONCONTRAST",
            "CRITICAL",
            "F",
            {"ordered_procedure": "MRI_AP_WO", "gbca_permitted": False},
        ),
        ("W-G3-WELL-DIFF", "CAUTION", "S", {"ki67_percent": 30}),
        ("W-G3-WELL-DIFF", "INFO", "S", {"ki67_percent": 30, "who_version": "WHO2022"}),
        ("W-LDT-GRADE", "CRITICAL", "F", {**PROGRESSION, "ki67_percent": 30}),
        (
            "W-LDT-GRADE",
            "CAUTION",
            "F",
            {**PROGRESSION, "ki67_percent": 30, "who_version": "WHO2022"},
        ),
        (
            "W-BILIOENTERIC",
            "CAUTION",
            "F",
            {"proposed_treatment": "TARE", BILIARY: True},
        ),
    ],
)
def test_severity(code, severity, base, facts):
    found = {check["code"]: check for check in on_base(base, facts)["checks"]}
    assert found[code]["severity"] == severity


@pytest.mark.parametrize(
    ("base", "facts", "words"),
    [
        ("F", {"mri_contraindicated": True}, "cannot be avoided"),
        ("F", {"prior_followup_modalities": ["CT"]}, "new baseline"),
        ("F", {"prior_followup_modalities": ["CT", "MRI"]}, "stay with one modality"),
    ],
)
def test_change_of_modality_says_what_can_be_done(base, facts, words):
    texts = [c["text"] for c in on_base(base, facts)["checks"] if c["code"] == "W-MODALITY-SWITCH"]
    assert len(texts) == 1
    assert words in texts[0]


@pytest.mark.parametrize(
    ("policy", "months", "raised"),
    [
        ("FU-01", 13, "Later"),
        ("FU-01", 5, "Earlier"),
        ("FU-01", 12, None),
        ("FU-02", 60, None),
        ("FU-02", "unknown", None),
    ],
)
def test_schedule_is_judged_by_the_chosen_policy(policy, months, raised):
    facts = {
        "ki67_percent": 1,
        "stage_class": "early",
        "months_since_resection": 24,
        "followup_policy": policy,
        "months_since_last_imaging": months,
    }
    texts = [c["text"] for c in on_base("R", facts)["checks"] if c["code"] == "W-SCHEDULE"]
    assert [text.split()[0] for text in texts] == ([] if raised is None else [raised])


def test_schedule_is_not_judged_where_the_window_is_unknown():
    facts = {"followup_policy": "FU-01", "months_since_last_imaging": 40}
    assert "W-SCHEDULE" not in on_base("R", facts)["warnings"]


def test_unknown_trigger_raises_nothing():
    assert on_base("S", {"liver_burden_percent": "unknown"})["warnings"] == []
