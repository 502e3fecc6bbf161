import pytest

from tests.unit.guidance.cases import on_base

TODAY = {"evaluated_on": "2026-05-30"}


@pytest.mark.parametrize(
    "facts",
    [
        {"resection_date": "2026-05-31"},
        {"diagnosis_date": "2027-01-01"},
        {"last_imaging_date": "2027-01-01"},
        {"studies": [{"modality": "CT", "date": "2026-06-01"}]},
        {"treatments": [{"type": "SSA", "start": "2026-06-01"}]},
        {"treatments": [{"type": "SSA", "start": "2026-03-01", "end": "2026-02-01"}]},
    ],
)
def test_impossible_dates_are_a_conflict(facts):
    got = on_base("S", {**TODAY, **facts})
    assert (got["scenario"], got["conflicts"]) == ("CONFLICT", ["C-09"])
    assert got["warnings"] == ["W-CONFLICT"]


def test_an_end_before_its_start_needs_no_date_of_assessment():
    treatments = [{"type": "SSA", "start": "2026-03-01", "end": "2026-02-01"}]
    assert on_base("S", {"treatments": treatments})["conflicts"] == ["C-09"]


def test_dates_up_to_the_assessment_are_possible():
    facts = {
        **TODAY,
        "diagnosis_date": "2026-05-30",
        "treatments": [{"type": "SSA", "start": "2026-02-01", "end": "2026-02-01"}],
        "studies": [{"modality": "CT"}],
    }
    assert on_base("S", facts)["conflicts"] == []


def test_untreated_with_an_ongoing_treatment():
    facts = {
        "treated_for_current_disease": False,
        "treatments": [{"type": "SSA", "ongoing": True}, "TACE"],
    }
    assert on_base("F", facts)["conflicts"] == ["C-07"]


def test_grade_flags_stay_visible_in_a_conflict():
    got = on_base("S", {"histology_subtype": "NEC_large_cell", "ki67_percent": 2})
    assert got["warnings"] == ["W-CONFLICT", "W-GRADE-BOUNDARY"]
