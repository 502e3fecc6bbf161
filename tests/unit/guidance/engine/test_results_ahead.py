"""What would follow each result of a scenario, from what is known without the result there is."""

import json

import pytest

from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.results_ahead import list_results, list_results_without_branch
from tests.unit.guidance.cases import on_base, read_data

EDITION = load_edition()


def ahead(base, scenario, **facts):
    """What follows each result, by the branch, on one of the bases S, R and F."""
    raw = read_data("d0") | read_data("micro_cases")["bases"][base] | facts
    found = list_results(parse_facts(raw), scenario, EDITION)
    return {entry["branch"]["id"]: entry for entry in found}


def codes(entry):
    return [action["code"] for action in entry["branch"]["actions"]]


def pathway(answer):
    """The pathway of an answer; whether somebody has to accept its study is not said ahead."""
    branch = answer["branch_detail"]
    plain = [
        {name: value for name, value in interval.items() if name != "awaits_acceptance"}
        for interval in branch["interval"]
    ]
    return {**branch, "interval": plain}


def test_every_branch_of_the_scenario_once_in_the_order_of_the_content():
    found = ahead("R", "SC-03")
    assert {name: entry["outcomes"] for name, entry in found.items()} == {
        "B-03-NEG": ["negative", "stable"],
        "B-03-POS": ["positive"],
        "B-03-IND": ["indeterminate"],
    }
    assert list(found) == ["B-03-NEG", "B-03-POS", "B-03-IND"]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("scenario", ["SC-02", "SC-15"])
def test_nothing_follows_where_the_edition_has_no_branches(scenario):
    assert ahead("R", scenario) == {}


@pytest.mark.parametrize("outcome", ["negative", "positive", "indeterminate"])
def test_it_is_the_branch_that_the_result_then_leads_to(outcome):
    then = on_base("R", {"study_outcome": outcome})
    (entry,) = (e for e in ahead("R", "SC-03").values() if outcome in e["outcomes"])
    assert entry["branch"] == pathway(then)


@pytest.mark.parametrize(
    ("prior_prrt", "is_there", "is_open"),
    [(False, True, False), ("unknown", True, True), (True, False, False)],
)
def test_what_is_excluded_is_left_out_and_what_hangs_on_the_unknown_is_open(
    prior_prrt, is_there, is_open
):
    found = ahead("F", "SC-05", prior_prrt=prior_prrt)["B-05-PROG"]
    assert ("OPT-PRRT" in codes(found)) is is_there
    assert found["open"] == (["OPT-PRRT"] if is_open else [])


def test_the_result_that_the_case_has_now_does_not_color_the_others():
    said = {"study_outcome": "progression", "result_hinges_on_sstr_status": False}
    assert EDITION.dictionary["result_hinges_on_sstr_status"].group == (
        EDITION.dictionary["study_outcome"].group
    )
    assert ahead("F", "SC-05", **said) == ahead("F", "SC-05")
    assert ahead("F", "SC-05", **said)["B-05-IND"]["open"] == ["ACT-SSTR-PET"]


def test_intervals_are_those_that_the_case_would_be_given():
    found = ahead("R", "SC-03", ki67_percent=1, stage_class="early", months_since_resection=6)
    then = on_base(
        "R",
        {
            "ki67_percent": 1,
            "stage_class": "early",
            "months_since_resection": 6,
            "study_outcome": "negative",
        },
    )
    assert found["B-03-NEG"]["branch"]["interval"] == pathway(then)["interval"] != []
    assert found["B-03-POS"]["branch"]["interval"] == []


def test_results_after_which_the_source_goes_no_further_stand_by_what_it_says():
    (found,) = list_results_without_branch("SC-05", EDITION)
    assert found["outcomes"] == ["positive", "negative"]
    assert found["text"].startswith("The follow-up article reads a study as response")
    assert found["source"] == "000 L45-L53"
    assert list_results_without_branch("SC-02", EDITION) == []
