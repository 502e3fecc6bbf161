import json

import pytest

from guidance.engine.edition import load_edition
from guidance.engine.notes import substitution_notes
from tests.unit.guidance.cases import on_base, read_data, read_on_base

EDITION = load_edition()
NO_MRI = {"mri_contraindicated": True}
NEITHER = {**NO_MRI, "iodinated_contrast_severe_allergy": True}
NO_PET = {"sstr_pet_available": False, "fdg_pet_available": False}
HIGH_RISK = {"thoracic_metastasis_risk_high": True}
NO_CHEST = {"chest_imaging_done": False}
YOUNG = {"considered_young": True}


def notes(base, facts):
    reading, answer = read_on_base(base, facts)
    return substitution_notes(reading, answer["scenario"], EDITION)


def test_nothing_is_said_where_nothing_is_replaced():
    for base in "SRF":
        assert notes(base, {}) == []


# Specification section 4, column by column.
@pytest.mark.parametrize(
    ("base", "facts", "expected"),
    [
        ("S", NO_MRI, [("SUB-02", "has to be multiphase")]),
        ("R", NO_MRI, [("SUB-02", "late arterial and portal venous")]),
        ("F", NO_MRI, [("SUB-02", "multiphasic, without and with IV contrast")]),
        ("F", {"gbca_permitted": False}, [("SUB-02", "multiphasic, without and with")]),
        ("S", NEITHER, [("SUB-05", "FDG PET/CT, rated May be appropriate")]),
        ("R", NEITHER, [("SUB-05", "DOTATATE PET/CT, rated May be appropriate")]),
        ("F", NEITHER, [("SUB-05", "resolves the liver less well")]),
        ("S", NEITHER | NO_PET, [("SUB-05", "No rated study is left")]),
        ("R", NEITHER | NO_PET, [("SUB-05", "No rated study is left")]),
        # MRI without contrast is named there: this is the fallback, not the open combination.
        ("R", {"gbca_permitted": False, "renal_impairment_significant": True}, []),
        ("S", HIGH_RISK, [("SUB-08", "CT of the chest without contrast")]),
        ("S", NO_CHEST, [("SUB-08", "CT of the chest without contrast")]),
        ("S", {"chest_imaging_done": True}, []),
        ("R", HIGH_RISK, [("SUB-08", "the first study stays first")]),
        ("R", HIGH_RISK | NO_CHEST, [("SUB-08", "the first study stays first")]),
        ("R", NO_CHEST, [("SUB-08", "named only for a higher risk")]),
        ("F", HIGH_RISK, [("SUB-08", "names no chest study")]),
        ("F", NO_CHEST, [("SUB-08", "names no chest study")]),
        ("S", YOUNG, [("SUB-09", "does not depend on age")]),
        ("R", YOUNG, [("SUB-09", "favors MRI over CT in the young")]),
        ("F", YOUNG, [("SUB-09", "does not depend on age")]),
        ("R", {"considered_young": False}, []),
        # Only named: no study is rated, so none is replaced.
        ("S", NO_MRI | {"clinical_question": "local_staging"}, []),
    ],
)
def test_each_scenario_has_its_own_word(base, facts, expected):
    found = notes(base, facts)
    assert [note["id"] for note in found] == [rule for rule, _ in expected]
    for note, (_, words) in zip(found, expected, strict=True):
        assert words in note["text"]
        assert note["severity"] == "INFO"
    json.dumps(found)


@pytest.mark.parametrize("case", read_data("micro_cases")["orders"], ids=lambda entry: entry["id"])
def test_a_young_patient_never_changes_the_order_of_studies(case):
    ranked = ("top", "alternatives", "removed")
    plain = on_base(case["base"], case["facts"])
    young = on_base(case["base"], case["facts"] | YOUNG)
    assert [young[key] for key in ranked] == [plain[key] for key in ranked]
