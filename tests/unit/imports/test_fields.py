"""Columns are guessed from headings, and what was chosen before goes first."""

import pytest

from cases.services.imports.fields import FIELDS, Guess, guess, normalized

COHORT = [
    "SAMPLE_ID",
    "PATIENT_ID",
    "FUNCTIONAL",
    "EXTRA_PANC_SPREAD",
    "WHO_GRADE",
    "PERINEURAL_INVASION",
    "TUMOR_SIZE",
    "VASCULAR_INVASION",
    "ENETS_STAGING",
    "T_STAGE",
    "ENETS_T_STAGING",
    "ONCOTREE_CODE",
    "TMB_NONSYNONYMOUS",
]


def fields(columns, remembered=None):
    return {column: g.field for column, g in guess(columns, remembered or {}).items() if g.field}


def test_a_cohort_of_cbioportal_is_guessed():
    assert fields(COHORT) == {
        "PATIENT_ID": "record_number",
        "FUNCTIONAL": "functional_status",
        "EXTRA_PANC_SPREAD": "extrapancreatic_spread",
        "WHO_GRADE": "pathologist_grade",
        "TUMOR_SIZE": "primary_size_mm",
        "ENETS_STAGING": "stage_group",
        "ONCOTREE_CODE": "oncotree_code",
    }


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("MRN", "record_number"),
        ("PatientID", "record_number"),
        ("record no.", "record_number"),
        ("Surname", "family_name"),
        ("DOB", "birth_date"),
        ("Tumour size", "primary_size_mm"),
        ("Tumor size (cm)", "primary_size_cm"),
        ("size [mm]", "primary_size_mm"),
        ("Ki-67 (%)", "ki67_percent"),
        ("Mitoses / 10 HPF", "mitoses_per_10hpf"),
        ("resection_date", "resection_date"),
        ("Date of resection", "resection_date"),
        ("Hereditary syndrome", "hereditary_syndrome"),
    ],
)
def test_common_headings_are_known(heading, field):
    assert fields([heading]) == {heading: field}


def test_every_field_is_guessed_from_its_own_name():
    for name in FIELDS:
        assert fields([name]) == {name: name}


def test_what_was_chosen_before_goes_before_the_heading():
    remembered = {"tumor_size": "primary_size_cm", "who_grade": "", "kennung": "record_number"}
    found = guess(["PATIENT_ID", "TUMOR_SIZE", "WHO_GRADE", "Kennung"], remembered)
    assert found == {
        "PATIENT_ID": Guess("", remembered=False),
        "TUMOR_SIZE": Guess("primary_size_cm", remembered=True),
        "WHO_GRADE": Guess("", remembered=True),
        "Kennung": Guess("record_number", remembered=True),
    }


def test_a_field_that_is_gone_is_not_remembered():
    assert fields(["MRN"], {"mrn": "no_such_field"}) == {}


def test_no_two_columns_set_the_same():
    assert fields(["MRN", "Patient ID", "Stage", "Distant metastasis"]) == {
        "MRN": "record_number",
        "Stage": "stage_group",
    }


def test_headings_are_compared_as_plain_words():
    assert normalized("  Tumour_Size (MM) ") == "tumor size mm"
