from guidance.engine.concern import shown_codes
from tests.unit.guidance.cases import on_base


def test_the_codes_of_an_answer_are_all_that_it_shows():
    answer = on_base(
        "F",
        {
            "mri_contraindicated": True,
            "ordered_procedure": "CT_AP_WWO",
            "study_outcome": "progression",
            "new_lesions": True,
        },
    )
    assert shown_codes(answer) == {
        "SC-05",
        "CT_AP_WWO",
        "PET_DOTATATE",
        "MRI_AP_WWO",
        "SUB-01",
        "W-MODALITY-SWITCH",
        "B-05-PROG",
        "ACT-REEVALUATE-STRATEGY",
        "ACT-MDT",
        "OPT-SWITCH-SYSTEMIC",
        "OPT-LDT",
        "OPT-PRRT",
        "ACT-SSTR-PET-BEFORE-CHANGE",
        "E-03",
    }


def test_interval_rules_are_codes_too_and_nothing_stands_for_what_is_not_there():
    assert {"FU-01", "FU-02", "FU-03"} <= shown_codes(on_base("R", {"study_outcome": "negative"}))
    assert shown_codes(on_base("S", {"clinical_question": "unknown"})) == {"UNDETERMINED"}
