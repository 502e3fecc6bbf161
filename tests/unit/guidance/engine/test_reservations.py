"""What is not known, or known not to fit, never counts as if it were absent."""

import pytest

from tests.unit.guidance.cases import answer, on_base, read_data

SCINTIGRAPHY = {"sstr_imaging_done": True, "sstr_tracer": "In111_pentetreotide"}


@pytest.mark.parametrize("name", ["residual_disease_known", "metastases_known"])
def test_surveillance_is_provisional_while_an_exclusion_is_unknown(name):
    got = on_base("R", {name: "unknown"})
    assert got["scenario"] == "SC-03"
    assert got["provisional"] is True
    assert name in got["missing"]


def test_metastases_left_behind_are_no_complete_resection():
    got = on_base("R", {"metastases_resected_completely": False})
    assert got["scenario"] == "UNDETERMINED"
    assert got["candidates"] == ["SC-03", "SC-05"]
    assert got["top"] is None


def test_scintigraphy_is_not_the_receptor_pet_that_a_positive_staging_asks_for():
    positive = {"study_outcome": "positive", "study_modality": "MRI"}
    pet = on_base("S", positive | {"sstr_tracer": "DOTATATE"})
    scan = on_base("S", positive | SCINTIGRAPHY)
    assert "ACT-SSTR-PET" not in pet["actions"]
    assert "ACT-SSTR-PET" in scan["actions"]


def test_scintigraphy_does_not_mark_the_receptor_pet_as_done():
    done = {
        study["procedure"]: study["already_done"] for study in on_base("S", SCINTIGRAPHY)["studies"]
    }
    assert done["PET_DOTATATE"] is False


def test_the_mitotic_count_is_never_converted_in_silence():
    counts = {"ki67_percent": 1, "mitoses_per_10hpf": 1}
    text = answer(read_data("d0"), counts, {"who_version": "WHO2022"})["grade_detail"]["text"]
    assert "10 HPF" in text
    assert "not converted" in text


def test_an_action_quotes_the_file_of_its_own_branch():
    got = on_base("R", {"study_outcome": "positive", "study_modality": "CT"})
    sources = {action["code"]: action["source"] for action in got["branch_detail"]["actions"]}
    assert sources["ACT-MDT"] == "001 L48"
