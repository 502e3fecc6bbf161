"""The study that was made against the protocol of its scenario (X-07)."""

import pytest

from tests.unit.guidance.cases import on_base

FULL = ["pre-contrast", "Late Arterial", "portal venous", "delayed", "DWI"]
RESULT = {"study_outcome": "stable", "study_modality": "MRI"}


def made(*studies, **facts):
    return on_base("F", {**RESULT, "studies": list(studies), **facts})["order_check"]


def mri(phases, **fields):
    return {"modality": "MRI", "phases": phases, **fields}


def test_the_phases_that_were_acquired_are_named_where_they_lack():
    check = made(mri(["unenhanced", "pancreatic", "portal_venous"]))
    assert (check["protocol"], check["basis"]) == ("PR-03", "acquired")
    assert (check["complete"], check["lacking"]) == (False, ["delayed"])


@pytest.mark.parametrize(
    ("phases", "dwi", "complete", "lacking"),
    [
        (FULL, "unknown", True, []),
        (FULL[:4], "unknown", None, []),
        (FULL[:4], True, True, []),
        (FULL[:4], False, False, ["dwi"]),
        (["arterial", *FULL[2:]], "unknown", False, ["unenhanced", "late_arterial"]),
    ],
)
def test_acquired_sequences(phases, dwi, complete, lacking):
    check = made(mri(phases), ordered_dwi=dwi)
    assert (check["complete"], check["lacking"]) == (complete, lacking)


def test_the_newest_study_of_the_modality_counts():
    old, new = mri(["delayed"], date="2025-01-01"), mri(FULL, date="2026-01-01")
    other = {"modality": "CT", "phases": ["unenhanced"], "date": "2026-02-01"}
    for studies in ([old, new, other], [other, new, old]):
        assert made(*studies)["lacking"] == []


def test_what_was_acquired_counts_before_what_was_ordered():
    facts = {"ordered_procedure": "MRI_AP_WWO", "ordered_phases": ["delayed"]}
    assert made(mri(FULL), **facts)["lacking"] == []
    ordered = made({"modality": "MRI"}, **facts)
    assert (ordered["basis"], len(ordered["lacking"])) == ("ordered", 3)


def test_an_order_of_another_modality_lends_no_protocol():
    check = made(mri(FULL), ordered_procedure="CT_AP_WWO")
    assert (check["protocol"], check["complete"]) == ("PR-03", True)


def test_a_study_without_a_protocol_is_not_judged():
    us = {"modality": "US", "phases": ["unenhanced"]}
    facts = {"study_outcome": "stable", "study_modality": "US", "studies": [us]}
    assert on_base("F", facts)["order_check"] is None


def test_before_a_result_the_order_is_judged():
    studies = [mri(["delayed"])]
    facts = {"ordered_procedure": "MRI_AP_WWO", "ordered_multiphasic": True, "studies": studies}
    check = on_base("F", facts | {"ordered_dwi": True})["order_check"]
    assert (check["basis"], check["complete"]) == ("ordered", True)
