"""The pair of staging: which of the two studies the record shows as made (X-01)."""

import pytest

from tests.unit.guidance.cases import on_base

NO_PET = {"sstr_imaging_done": False}


@pytest.mark.parametrize(
    ("study", "done"),
    [
        ({"modality": "MRI", "region": "Abdomen and pelvis"}, ["MRI_AP_WWO"]),
        ({"modality": "MRI", "region": "liver", "contrast": True}, ["MRI_AP_WWO"]),
        ({"modality": "MRI", "region": "liver", "contrast": False}, []),
        ({"modality": "MRI", "region": "brain"}, []),
        ({"modality": "MRI"}, []),
        ({"modality": "CT", "region": "abdomen"}, []),
    ],
)
def test_a_recorded_study_of_the_liver_counts_as_made(study, done):
    assert on_base("S", NO_PET | {"studies": [study]})["pair"]["done"] == done


def test_without_mri_the_pair_is_ct():
    facts = NO_PET | {"mri_available": False, "studies": [{"modality": "CT", "region": "abdomen"}]}
    pair = on_base("S", facts)["pair"]
    assert pair["procedures"] == ["CT_AP_W", "PET_DOTATATE"]
    assert pair["done"] == ["CT_AP_W"]
