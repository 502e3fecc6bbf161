"""What a raised check rests on: the facts that its condition reads, and nothing of the day."""

import itertools
from typing import Any

import pytest

from guidance.engine.assess import assess
from guidance.engine.check_basis import OF_INTERVALS, OF_RANKING, OF_SCENARIO, check_basis
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.findings import facts_behind
from tests.unit.guidance.cases import read_data

D0 = read_data("d0")


def vignette(name: str) -> dict[str, Any]:
    """All facts of a vignette."""
    return {**D0, **next(v["facts"] for v in read_data("vignettes") if v["id"] == name)}


def basis(code: str, raw: dict[str, Any]) -> dict[str, Any]:
    """What the raised check rests on."""
    facts, edition = parse_facts(raw), load_edition()
    answer = assess(facts, edition)
    assert code in answer["warnings"]
    return check_basis(code, facts.as_json(), answer, edition)


def test_the_facts_that_condition_severity_and_words_read():
    found = basis("W-NONCONTRAST", vignette("V21"))
    assert found == {
        "@scenario": "SC-03",
        "ordered_procedure": "CT_AP_WO",
        "gbca_permitted": True,
    }


def test_a_fact_that_is_not_known_is_part_of_it():
    raw = vignette("V21")
    del raw["gbca_permitted"]
    assert basis("W-NONCONTRAST", raw)["gbca_permitted"] == "unknown"


def test_what_other_facts_say_is_not():
    raw = vignette("V21")
    assert basis("W-NONCONTRAST", {**raw, "ki67_percent": 2}) == basis("W-NONCONTRAST", raw)


def test_a_grade_rests_on_what_it_is_given_by():
    found = basis("W-NEG-SSTR", vignette("V08"))
    assert found.items() >= {"ki67_percent": 30, "who_version": "WHO2010"}.items()
    assert found.items() >= {"sstr_result": "negative", "differentiation": "well"}.items()


def test_a_study_that_cannot_be_made_rests_on_why():
    found = basis("W-COMBINED-CONTRA", vignette("V11"))
    assert found["mri_contraindicated"] is True
    assert found["iodinated_contrast_severe_allergy"] is True
    assert found["mri_available"] is True
    assert found["@scenario"] == "SC-01"


def test_a_contradiction_rests_on_what_contradicts():
    found = basis("W-CONFLICT", vignette("V36"))
    assert found["resection_status"] == "complete"
    assert found["residual_disease_known"] is True
    assert found["definitive_treatment_done"] is False
    assert "evaluated_on" not in found


def test_an_option_rests_on_the_result_that_offers_it():
    raw = {**vignette("V39"), "portal_vein_thrombosis": True}
    found = basis("W-PVT", raw)
    assert found["study_outcome"] == "progression"
    assert found["portal_vein_thrombosis"] is True
    assert found["proposed_treatment"] == "unknown"


def test_an_option_that_is_only_proposed_rests_on_no_branch():
    raw = {**vignette("V12"), "portal_vein_thrombosis": True, "proposed_treatment": "TACE"}
    assert basis("W-PVT", raw)["proposed_treatment"] == "TACE"


LATE = {"followup_policy": "FU-01", "cga_trend": "normal"}


def test_days_that_pass_change_nothing():
    """A schedule is late by the date of the last study, whatever day it is told on."""
    raw = {**vignette("V13"), **LATE, "last_imaging_date": "2024-01-12"}
    raw.pop("months_since_last_imaging", None)
    first, second = (
        basis("W-SCHEDULE", {**raw, "evaluated_on": day}) for day in ("2026-01-12", "2026-03-30")
    )
    assert first == second
    assert first["last_imaging_date"] == "2024-01-12"
    assert first["followup_policy"] == "FU-01"


def test_months_that_were_typed_stand_for_themselves():
    raw = {**vignette("V13"), **LATE, "months_since_last_imaging": 40}
    assert basis("W-SCHEDULE", raw)["months_since_last_imaging"] == 40


def test_a_finding_of_which_nothing_is_said_rests_on_all_facts(monkeypatch):
    monkeypatch.setattr("guidance.engine.check_basis.facts_behind", lambda _: ())
    raw = vignette("V39")
    raw["liver_burden_percent"] = 50
    found = basis("W-BURDEN-30", raw)
    assert found["liver_burden_percent"] == 50
    assert "ki67_percent" not in found
    whole = basis("W-NEG-SSTR", {**vignette("V08"), "age_years": 50})
    assert whole["age_years"] == 50
    assert whole["@scenario"] == "SC-01"


def findings() -> list[str]:
    """Every finding that a check of the edition reads."""
    checks = itertools.chain.from_iterable(load_edition().checks.values())
    conditions = [
        condition
        for check in checks
        for condition in (check.condition, *(c for c, _ in (*check.severities, *check.texts)))
        if condition is not None
    ]
    return sorted({n for condition in conditions for n in condition.names if n.startswith("@")})


@pytest.mark.parametrize("finding", findings())
def test_it_is_said_of_every_finding_what_it_is_read_from(finding):
    known = {*OF_SCENARIO, *OF_RANKING, *OF_INTERVALS, "@actions"}
    assert finding in known or facts_behind(finding)


def test_a_check_that_the_edition_does_not_have_rests_on_nothing():
    facts, edition = parse_facts(vignette("V01")), load_edition()
    assert check_basis("W-NONE", facts.as_json(), assess(facts, edition), edition) == {}
