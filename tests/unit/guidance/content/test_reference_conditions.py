"""Which rows of the reference tables concern a case; what is unknown never does."""

import pytest

from guidance.calculators.function import SUBTYPES
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.reading import read_case
from guidance.engine.tables import concerning

EDITION = load_edition()
ROWS = {row.id: row for tables in EDITION.tables.values() for table in tables for row in table.rows}

NON_FUNCTIONING = {"functional_status": "non_functioning"}
G1 = {"who_version": "WHO2022", "ki67_percent": 1}
CONCERNED = [
    ("PRG-01", {"primary_size_mm": 30.1, **NON_FUNCTIONING}),
    ("PRG-02", {"margins": "irregular"}),
    ("PRG-03", {"cleavage_plane_with_mpd": False, **NON_FUNCTIONING}),
    ("PRG-04", {"vascular_encasement": True}),
    ("PRG-04", {"encased_vessels": ["portal_vein"]}),
    ("PRG-05", {"mpd_dilatation": True}),
    ("PRG-05", {"cbd_dilatation": True}),
    ("PRG-06", {"complex_cystic_morphology": True}),
    ("PRG-06", {"calcification": True}),
    ("PRG-07", {"adc_mm2_s_e3": 1.18, "complex_cystic_morphology": False}),
    ("PRG-08", {"arterial_enhancement": "hypo", "enhancement_homogeneous": False}),
    (
        "PRG-08b",
        {
            "arterial_enhancement": "hyper",
            "enhancement_homogeneous": True,
            "margins": "well_defined",
        },
    ),
    ("PRG-08c", {"arterial_enhancement": "hyper", "enhancement_homogeneous": False}),
    ("PRG-09", {"venous_phase_hyperattenuating": False}),
    ("PRG-10", {"delayed_enhancement": True}),
    ("PRG-14", {"liver_burden_percent": 5}),
    ("PRG-14", {"metastatic_sites": ["bone"]}),
    ("PRG-15", {"metastatic_sites": ["bone", "liver"]}),
    ("PRG-15", {"dominant_site": "liver"}),
    ("PRG-17", {"sstr_tracer": "In111_pentetreotide", "krenning_grade": 2}),
    ("PRG-18", {"fdg_result": "positive", **G1}),
    ("PRG-19", {"tgr_percent_per_month": 4.1, "treatment_between_measurements": False}),
    ("PRG-19", {"rapid_growth": True, "treatment_between_measurements": False}),
    ("PRG-22", {"arterial_enhancement": "hypo"}),
    ("DIF-THROMBOSIS", {"tumour_vein_thrombosis": True}),
    ("RSP-01", {"target_lesions": [{"organ": "liver", "longest_diameter_mm": 20}]}),
    ("RSP-02", {"necrosis_without_shrinkage": True}),
    ("RSP-03", {"new_enhancement_in_treated_lesion": True}),
    ("RSP-04", {"response_basis": "size_only"}),
    ("RSP-05", {"intratumoral_haemorrhage": True}),
    ("RSP-07", {"study_outcome": "stable"}),
    ("RSP-PATTERN-SSA", {"treatments": ["SSA"]}),
    ("RSP-PATTERN-TARGETED", {"treatments": ["surgery_primary", "everolimus"]}),
    ("RSP-PATTERN-LIVER", {"treatments": ["TARE"]}),
    ("RSP-PATTERN-NONE", {"treatments": ["PRRT"]}),
    *((f"CLS-08-{name.upper()}", {"functional_subtype": name}) for name in SUBTYPES),
    ("CLS-10-GASTRINOMA", {"hereditary_syndrome": "MEN1"}),
    ("CLS-10-CYSTIC", {"hereditary_syndrome": "MEN1"}),
    ("CLS-10-MULTIPLE", {"hereditary_syndrome": "MEN1"}),
    ("CLS-10-EUS", {"hereditary_syndrome": "VHL"}),
    ("CLS-10-STUDY", {"hereditary_syndrome": "MEN1"}),
    ("CLS-10-PROMPT", {"functional_subtype": "gastrinoma"}),
    ("PRE-01", {"clinical_question": "preoperative_planning"}),
    ("PRE-01", {"pancreatic_resection_planned": True}),
    ("PRE-02", {"liver_surgery_planned": True}),
    ("PRE-03", {"clinical_question": "treatment_followup"}),
    ("PRE-04", {"primary_site": "pancreas"}),
    ("PRE-05", {"clinical_question": "distant_staging"}),
    ("PRE-06", {"clinical_question": "treatment_followup"}),
    ("PRE-07", {"clinical_question": "distant_staging"}),
]
UNCONCERNED = [
    ("PRG-01", {"primary_size_mm": 30, **NON_FUNCTIONING}),
    ("PRG-01", {"primary_size_mm": 50, "functional_status": "functioning"}),
    ("PRG-02", {"margins": "well_defined"}),
    ("PRG-03", {"cleavage_plane_with_mpd": True, **NON_FUNCTIONING}),
    ("PRG-04", {"vascular_encasement": False, "encased_vessels": []}),
    ("PRG-07", {"adc_mm2_s_e3": 1.19, "complex_cystic_morphology": False}),
    ("PRG-07", {"adc_mm2_s_e3": 0.9, "complex_cystic_morphology": True}),
    ("PRG-14", {"liver_burden_percent": 0, "metastatic_sites": []}),
    ("PRG-15", {"metastatic_sites": ["bone"]}),
    ("PRG-17", {"sstr_tracer": "DOTATATE", "krenning_grade": 4}),
    ("PRG-18", {"fdg_result": "positive", "who_version": "WHO2022", "ki67_percent": 15}),
    ("PRG-19", {"tgr_percent_per_month": 4, "treatment_between_measurements": False}),
    ("PRG-19", {"tgr_percent_per_month": 9, "treatment_between_measurements": True}),
    ("CLS-10-PROMPT", {"functional_subtype": "gastrinoma", "hereditary_syndrome": "none"}),
]


def concerned(facts):
    reading, _ = read_case(parse_facts(facts))
    return {row["id"] for tables in EDITION.tables.values() for row in concerning(tables, reading)}


def test_every_condition_has_an_example():
    assert {row.id for row in ROWS.values() if row.condition} == {name for name, _ in CONCERNED}


@pytest.mark.parametrize(("row", "facts"), CONCERNED)
def test_a_row_concerns_a_case_that_shows_it_and_none_where_a_fact_is_unknown(row, facts):
    assert row in concerned(facts)
    for name in facts:
        assert row not in concerned({**facts, name: "unknown"}), name


@pytest.mark.parametrize(("row", "facts"), UNCONCERNED)
def test_a_row_does_not_concern_a_case_outside_its_limits_or_population(row, facts):
    assert row not in concerned(facts)


def test_nothing_concerns_a_case_of_which_nothing_is_known():
    assert concerned({}) == set()
