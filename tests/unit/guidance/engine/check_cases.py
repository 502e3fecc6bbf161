"""What raises each check of section 6, what just does not, and what leaves it unknown."""

from typing import Any, NamedTuple

Facts = dict[str, Any]
BILIARY = "bilioenteric_anastomosis_or_biliary_device"
PROGRESSION = {"study_outcome": "progression", "new_lesions": True}
STABLE = {"study_outcome": "stable"}
TARGETED = {"treatments": ["sunitinib"]}
FALLING = {
    **TARGETED,
    "study_outcome": "progression",
    "size_change": "increase",
    "attenuation_or_enhancement_change": "decrease",
    "new_lesions": False,
}
CARCINOMA = {"differentiation": "poor", "histology_subtype": "unknown"}
SUSPECTED = {"clinical_question": "primary_detection"}
MRI, CT, CHEST = "MRI_AP_WWO", "CT_AP_W", "CT_CHEST_WO"
SCAN = {"sstr_tracer": "In111_pentetreotide"}
NOTHING_POSSIBLE = {"mri_contraindicated": True, "iodinated_contrast_severe_allergy": True}
GROWN = {"recist_sum_mm_t0": 100, "recist_sum_mm_t1": 104, "interval_days": 90}
SPONTANEOUS = {"treatment_between_measurements": False}
LOW_RISK = {"ki67_percent": 1, "stage_class": "early", "months_since_resection": 24}
YEARLY = {**LOW_RISK, "followup_policy": "FU-01"}


def ordered(procedure, **facts):
    return {"ordered_procedure": procedure, **facts}


class Case(NamedTuple):
    """What raises a check on a base, what just does not, and what leaves it unknown.

    `unknown` None: nothing about the check can be unknown. `warns` are checks for which not
    knowing is reason enough.
    """

    code: str
    base: str
    raised: Facts
    quiet: Facts
    unknown: Facts | None
    warns: bool = False


CASES = [
    # 6.1
    Case("W-NONCONTRAST", "S", ordered("CT_AP_WO"), ordered(CHEST), ordered("unknown")),
    Case("W-NONCONTRAST", "F", ordered("MRI_AP_WO"), ordered(MRI), ordered("unknown")),
    Case("W-EUS-FOR-METS", "S", ordered("EUS"), ordered("US"), ordered("unknown")),
    Case(
        "W-EUS-FOR-METS",
        "R",
        ordered("EUS", ordered_target="liver_metastases"),
        ordered("EUS", ordered_target="primary"),
        ordered("EUS"),
    ),
    Case("W-NEG-SSTR", "F", {"sstr_result": "negative"}, {"sstr_result": "heterogeneous"}, {}),
    Case(
        "W-NEG-SSTR",
        "S",
        {"study_outcome": "negative", "study_modality": "PET_SSTR"},
        {"study_outcome": "negative", "study_modality": "MRI", "ki67_percent": 20},
        {"study_outcome": "negative"},
    ),
    Case(
        "W-NEG-SSTR",
        "S",
        {"study_outcome": "negative", "study_modality": "SRS"},
        {"study_outcome": "indeterminate", "study_modality": "SRS"},
        {"study_modality": "SRS"},
    ),
    Case(
        "W-NEG-SSTR",
        "S",
        {"study_outcome": "negative", "study_modality": "MRI", "ki67_percent": 20.1},
        {"study_outcome": "negative", "study_modality": "MRI", "ki67_percent": 20},
        {"study_outcome": "negative", "study_modality": "MRI"},
    ),
    Case(
        "W-CHEST",
        "S",
        {"chest_imaging_done": False},
        {"chest_imaging_done": False, "ordered_procedure": "CT_CAP_W"},
        {"chest_imaging_done": "unknown"},
    ),
    Case(
        "W-MODALITY-SWITCH",
        "F",
        ordered("CT_AP_WWO"),
        ordered(MRI),
        {"prior_followup_modalities": "unknown", "ordered_procedure": "CT_AP_WWO"},
    ),
    Case(
        "W-MODALITY-SWITCH",
        "F",
        {"prior_followup_modalities": ["CT"]},
        {"prior_followup_modalities": ["CT"], "ordered_procedure": "CT_AP_WWO"},
        {"prior_followup_modalities": "unknown"},
    ),
    Case(
        "W-GENERIC-PROTOCOL",
        "F",
        ordered(MRI, ordered_multiphasic=False),
        ordered("PET_DOTATATE", ordered_multiphasic=False),
        ordered(MRI),
    ),
    Case(
        "W-GENERIC-PROTOCOL",
        "R",
        ordered("MRI_LIVER_HB", ordered_multiphasic=False),
        ordered("MRI_LIVER_HB", ordered_multiphasic=True),
        ordered("MRI_LIVER_HB"),
    ),
    Case(
        "W-RECIST-ONLY",
        "F",
        {**STABLE, "response_basis": "size_only"},
        {"study_outcome": "indeterminate", "response_basis": "size_only"},
        {**STABLE, "response_basis": "unknown"},
    ),
    Case(
        "W-EXTRAHEPATIC",
        "S",
        {"ordered_covers_pelvis": False},
        {"ordered_covers_pelvis": True, "extrahepatic_sites_reviewed": False},
        {},
    ),
    Case(
        "W-EXTRAHEPATIC",
        "F",
        {**STABLE, "extrahepatic_sites_reviewed": False},
        {"extrahepatic_sites_reviewed": False},
        {**STABLE, "extrahepatic_sites_reviewed": "unknown"},
    ),
    Case(
        "W-SCHEDULE",
        "R",
        {**YEARLY, "months_since_last_imaging": 12.1},
        {**YEARLY, "months_since_last_imaging": 12},
        YEARLY,
    ),
    Case(
        "W-SCHEDULE",
        "R",
        {**YEARLY, "months_since_last_imaging": 11.9},
        {**YEARLY, "months_since_last_imaging": 12},
        {**LOW_RISK, "months_since_last_imaging": 11.9},
    ),
    Case("W-MARKER-RISING", "F", {"cga_trend": "rising"}, {"cga_trend": "stable"}, {}),
    Case(
        "W-MARKER-RISING",
        "R",
        {"hormone_marker_trend": "rising"},
        {"hormone_marker_trend": "falling"},
        {},
    ),
    Case(
        "W-MARKER-MISSING",
        "R",
        {"cga_trend": "not_measured"},
        {"cga_trend": "stable"},
        {"cga_trend": "unknown"},
        warns=True,
    ),
    Case("W-NEC", "S", CARCINOMA, {}, {"differentiation": "unknown"}),
    Case("W-RADIATION", "S", ordered(CT), ordered(CT, mri_available=False), ordered("unknown")),
    Case("W-RADIATION", "F", ordered("CT_CAP_W"), ordered("CT_AP_WO"), {}),
    Case(
        "W-RADIATION",
        "R",
        ordered("CT_CAP_W"),
        ordered("CT_CAP_W", thoracic_metastasis_risk_high=True),
        ordered("unknown"),
    ),
    Case("W-BONE", "S", {"bone_pain": True}, {"bone_pain": False}, {}),
    Case("W-BONE", "S", {"alp_elevated": True}, {"alp_elevated": False}, {}),
    Case("W-UNA-ORDER", "R", ordered("PET_FDG"), ordered("PET_DOTATATE"), ordered("unknown")),
    Case("W-UNRATED-ORDER", "F", ordered(CT), ordered("CT_AP_WWO"), ordered("unknown")),
    Case("W-UNRATED-ORDER", "R", ordered(CHEST), ordered("CT_AP_WO"), ordered("unknown")),
    Case("W-UNRATED-ORDER", "S", ordered("PET_DOTANOC"), ordered(CHEST), ordered("unknown")),
    # 6.2
    Case(
        "W-THERAPY-UNKNOWN",
        "F",
        {**STABLE, "treatments": []},
        {**STABLE, "treatments": ["other"]},
        {**STABLE, "treatments": "unknown"},
        warns=True,
    ),
    Case(
        "W-THERAPY-UNKNOWN",
        "F",
        {**STABLE, "treatments": [], "dominant_site": "extrahepatic"},
        {"treatments": [], "dominant_site": "extrahepatic"},
        None,
    ),
    Case(
        "W-PSEUDOPROGRESSION",
        "F",
        FALLING,
        {**FALLING, "new_lesions": True},
        {**FALLING, "attenuation_or_enhancement_change": "unknown"},
    ),
    Case(
        "W-PSEUDOPROGRESSION",
        "F",
        {**FALLING, "new_lesions": "unknown"},
        {**FALLING, "treatments": ["SSA"]},
        {**FALLING, "treatments": "unknown"},
    ),
    Case(
        "W-HAEMORRHAGE",
        "F",
        {**TARGETED, "intratumoral_haemorrhage": True},
        {"treatments": ["TACE"], "intratumoral_haemorrhage": True},
        TARGETED,
    ),
    Case(
        "W-ADC", "S", {"adc_respiratory_triggered": True}, {"adc_respiratory_triggered": False}, {}
    ),
    Case(
        "W-ADC",
        "S",
        {"complex_cystic_morphology": True, "adc_mm2_s_e3": 1.5},
        {"complex_cystic_morphology": False, "adc_mm2_s_e3": 1.5},
        {"complex_cystic_morphology": True},
    ),
    Case(
        "W-PHASE-TIMING",
        "S",
        {"contrast_flow_rate_ml_s": 3},
        {"contrast_flow_rate_ml_s": 3.1},
        {},
    ),
    Case(
        "W-PHASE-TIMING",
        "S",
        ordered(CT, contrast_flow_rate_ml_s=2),
        ordered(MRI, contrast_flow_rate_ml_s=2),
        ordered(CT),
    ),
    Case(
        "W-PHASE-TIMING",
        "R",
        ordered(CT, ordered_phases=["early_arterial", "portal_venous"]),
        ordered(CT, ordered_phases=["pancreatic", "portal_venous"]),
        ordered(CT),
    ),
    Case(
        "W-PREOP-MRCP",
        "S",
        {"pancreatic_resection_planned": True, "mrcp_included": False},
        {"pancreatic_resection_planned": True, "mrcp_included": True},
        {"pancreatic_resection_planned": True},
    ),
    Case(
        "W-PREOP-LIVER-MRI",
        "S",
        {"liver_surgery_planned": True, "studies": [{"modality": "CT"}]},
        {"liver_surgery_planned": True, "studies": [{"modality": "MRI", "region": "Liver"}]},
        {"liver_surgery_planned": True},
    ),
    Case(
        "W-PREOP-LIVER-MRI",
        "S",
        {"liver_surgery_planned": True, "studies": [{"modality": "MRI", "region": "brain"}]},
        {"liver_surgery_planned": False, "studies": []},
        {"liver_surgery_planned": True, "studies": [{"modality": "MRI"}]},
    ),
    Case(
        "W-SSTR-INSULINOMA",
        "S",
        {"functional_subtype": "insulinoma"},
        {"functional_subtype": "insulinoma", "sstr_pet_available": False},
        {},
    ),
    Case(
        "W-SSTR-INSULINOMA",
        "S",
        {"functional_subtype": "insulinoma", **SUSPECTED, "ordered_procedure": "SRS"},
        {"functional_subtype": "insulinoma", **SUSPECTED},
        {**SUSPECTED, "ordered_procedure": "SRS"},
    ),
    Case(
        "W-SRS-SMALL", "S", SCAN | {"primary_size_mm": 19.9}, SCAN | {"primary_size_mm": 20}, SCAN
    ),
    Case(
        "W-SRS-SMALL",
        "S",
        ordered("SRS", primary_size_mm=5),
        ordered("PET_DOTATATE", primary_size_mm=5),
        ordered("SRS"),
    ),
    Case(
        "W-SSTR-PHYSIOLOGIC",
        "S",
        SCAN | {"sstr_result": "negative"},
        {"sstr_tracer": "DOTATATE", "sstr_result": "negative"},
        {"sstr_result": "negative"},
    ),
    Case(
        "W-CEUS-DETECT",
        "S",
        ordered("CEUS", **SUSPECTED, studies=[{"modality": "US", "outcome": "negative"}]),
        ordered("CEUS", **SUSPECTED, studies=[{"modality": "US"}]),
        SUSPECTED,
    ),
    Case(
        "W-IHC-FUNCTION",
        "S",
        {"functional_status": "functioning", "functional_status_basis": "hormone_ihc_only"},
        {"functional_status": "non_functioning", "functional_status_basis": "hormone_ihc_only"},
        {"functional_status_basis": "hormone_ihc_only"},
    ),
    Case(
        "W-IMAGING-FUNCTION",
        "S",
        {"functional_status": "non_functioning", "functional_status_basis": "imaging_only"},
        {"functional_status": "functioning", "functional_status_basis": "hormone_ihc_only"},
        {"functional_status_basis": "imaging_only"},
    ),
    Case(
        "W-MIMIC-RCC",
        "S",
        {"rcc_history": True, "arterial_enhancement": "hyper"},
        {"rcc_history": True, "arterial_enhancement": "iso"},
        {"rcc_history": True},
    ),
    Case(
        "W-MIMIC-SPLEEN",
        "S",
        {"lesion_signal_matches_spleen": True},
        {"lesion_signal_matches_spleen": False},
        {},
    ),
    Case(
        "W-MIMIC-VESSEL",
        "S",
        {"adjacent_to_splenic_artery_loop": True},
        {"adjacent_to_splenic_artery_loop": False},
        {},
    ),
    Case(
        "W-ARTERIAL-MASK",
        "S",
        ordered(MRI, **SUSPECTED, ordered_dwi=False),
        ordered(MRI, **SUSPECTED, ordered_dwi=True),
        ordered(MRI, **SUSPECTED),
    ),
    Case(
        "W-ARTERIAL-MASK",
        "S",
        ordered("MRCP", **SUSPECTED, ordered_dwi=False),
        ordered(CT, **SUSPECTED, ordered_dwi=False),
        ordered("unknown", **SUSPECTED, ordered_dwi=False),
    ),
    Case(
        "W-BRAIN-NEC",
        "S",
        {**CARCINOMA, "brain_imaging_done": False},
        {**CARCINOMA, "brain_imaging_done": True},
        {**CARCINOMA, "brain_imaging_done": "unknown"},
        warns=True,
    ),
    Case("W-BONE-25", "F", {"liver_burden_percent": 25.1}, {"liver_burden_percent": 25}, {}),
    Case(
        "W-UNDETECTED", "F", {"liver_surgery_planned": True}, {"liver_surgery_planned": False}, {}
    ),
    Case(
        "W-UNDETECTED", "F", {"proposed_treatment": "ablation"}, {"proposed_treatment": "TACE"}, {}
    ),
    Case(
        "W-BILIOENTERIC",
        "F",
        {**PROGRESSION, BILIARY: True},
        {**STABLE, BILIARY: True},
        {**PROGRESSION, BILIARY: "unknown"},
    ),
    Case(
        "W-BILIOENTERIC",
        "F",
        {"proposed_treatment": "ablation", BILIARY: True},
        {"proposed_treatment": "liver_surgery", BILIARY: True},
        {"proposed_treatment": "ablation", BILIARY: "unknown"},
    ),
    Case(
        "W-PVT",
        "F",
        {**PROGRESSION, "portal_vein_thrombosis": True},
        {**PROGRESSION, "portal_vein_thrombosis": False},
        {**PROGRESSION, "portal_vein_thrombosis": "unknown"},
    ),
    Case(
        "W-BURDEN-30",
        "F",
        {**PROGRESSION, "liver_burden_percent": 30.1},
        {**PROGRESSION, "liver_burden_percent": 30},
        PROGRESSION,
    ),
    Case(
        "W-BURDEN-30",
        "F",
        {"proposed_treatment": "TAE", "liver_burden_percent": 31},
        {"proposed_treatment": "ablation", "liver_burden_percent": 31},
        {"liver_burden_percent": 31},
    ),
    Case(
        "W-LDT-GRADE",
        "F",
        {**PROGRESSION, "ki67_percent": 20.1},
        {**PROGRESSION, "ki67_percent": 20},
        PROGRESSION,
    ),
    Case(
        "W-DEB",
        "F",
        {"proposed_treatment": "TACE", "tace_vehicle": "drug_eluting_beads"},
        {"proposed_treatment": "TACE", "tace_vehicle": "lipiodol"},
        {"proposed_treatment": "TACE"},
    ),
    Case("W-TACE-CRISIS", "F", {"proposed_treatment": "TAE"}, {"proposed_treatment": "TARE"}, {}),
    Case(
        "W-STREPTOZOCIN-GA",
        "F",
        {"proposed_treatment": "TACE", "tace_drug": "streptozocin"},
        {"proposed_treatment": "TACE", "tace_drug": "doxorubicin"},
        {"proposed_treatment": "TACE"},
    ),
    Case(
        "W-GROWTH-DISCORD",
        "F",
        GROWN,
        GROWN | {"recist_sum_mm_t1": 103},
        GROWN | {"interval_days": "unknown"},
    ),
    Case(
        "W-GROWTH-TREATED",
        "F",
        GROWN | {"treatment_between_measurements": True},
        GROWN | SPONTANEOUS,
        GROWN,
        warns=True,
    ),
    Case(
        "W-GROWTH-TREATED",
        "F",
        {"tgr_percent_per_month": 1, "treatment_between_measurements": True},
        {"treatment_between_measurements": True},
        GROWN | {"recist_sum_mm_t0": "unknown", "treatment_between_measurements": True},
    ),
    Case(
        "W-RAPID-GROWTH",
        "F",
        {"rapid_growth": True, "ki67_percent": 20},
        {"rapid_growth": True, "ki67_percent": 20.1},
        {"rapid_growth": True},
    ),
    # 6.3
    Case("W-GRADE-BOUNDARY", "S", {"ki67_percent": 2}, {"ki67_percent": 1.9}, {}),
    Case("W-GRADE-GAP", "S", {"ki67_percent": 2.5}, {"ki67_percent": 3}, {}),
    Case(
        "W-GRADE-DISCORDANT",
        "S",
        {"ki67_percent": 3, "mitoses_per_10hpf": 1},
        {"ki67_percent": 3, "mitoses_per_10hpf": 2},
        {"ki67_percent": 3},
    ),
    Case("W-G3-WELL-DIFF", "S", {"ki67_percent": 20.1}, {"ki67_percent": 20}, {}),
    Case(
        "W-INTERVAL-DISAGREE",
        "R",
        {**LOW_RISK, "study_outcome": "negative", "months_since_resection": 11.9},
        {**LOW_RISK, "study_outcome": "negative", "months_since_resection": 12},
        {**LOW_RISK, "study_outcome": "negative", "months_since_resection": "unknown"},
    ),
    Case(
        "W-CONTRAST-CROSS",
        "S",
        {"renal_impairment_significant": True},
        {"renal_impairment_significant": False},
        {"renal_impairment_significant": "unknown"},
    ),
    Case(
        "W-COMBINED-CONTRA",
        "F",
        NOTHING_POSSIBLE,
        {"mri_contraindicated": True},
        {**NOTHING_POSSIBLE, "mri_contraindicated": "unknown"},
    ),
    Case("W-NAMED-ONLY", "F", {"dominant_site": "extrahepatic"}, {}, {"dominant_site": "unknown"}),
    Case("W-NOT-COVERED", "S", {"age_years": 17}, {"age_years": 18}, {"age_years": "unknown"}),
    Case(
        "W-CONFLICT",
        "R",
        {"residual_disease_known": True},
        {"residual_disease_known": False},
        {"residual_disease_known": "unknown"},
    ),
]
