"""What stands beside an answer: computed anew from facts and edition."""

import json

from guidance.engine.background import read_background
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.unit.guidance.cases import read_data

EDITION = load_edition()
VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}


def background(vignette, **facts):
    return read_background(
        parse_facts({**read_data("d0"), **VIGNETTES[vignette], **facts}), EDITION
    )


def ids(rows):
    return [row["id"] for row in rows]


def test_options_of_progression_stand_beside_their_criteria():
    options = {option["id"]: option for option in background("V39")["options"]}
    assert options["TX-ABL"]["status"] == "does_not_meet"
    assert "prior_prrt" in options["TX-PRRT"]["missing"]


def test_no_option_is_judged_where_none_is_put_before_the_board():
    assert background("V13")["options"] == []


def test_policies_stand_side_by_side_where_a_schedule_is_kept():
    intervals = background("V14")["intervals"]
    assert {"FU-01", "FU-02", "FU-03"} <= {policy["rule"] for policy in intervals["policies"]}
    assert intervals["agreement"] == "disagree"


def test_where_the_sources_differ_is_said_of_the_case_at_hand():
    assert "N-16" in ids(background("V14")["disagreements"])
    assert "N-16" not in ids(background("V01")["disagreements"])


def test_stage_and_growth_are_computed_from_the_facts():
    staged = background(
        "V01",
        limited_to_pancreas=True,
        invades_duodenum=False,
        invades_bile_duct=False,
        invades_adjacent_organs=[],
        involves_celiac_axis=False,
        involves_sma=False,
    )
    assert staged["stage"]["t"]["category"] == "T1"
    assert staged["growth"] is None
    grown = background("V32", recist_sum_mm_t0=100, recist_sum_mm_t1=104, interval_days=90)
    assert grown["growth"]["discordant"] is True


def test_reported_associations_are_those_of_the_case():
    small = background("V01", functional_status="non_functioning")
    assert "PRG-01" not in ids(small["prognosis"])
    large = background("V01", functional_status="non_functioning", primary_size_mm=31)
    assert "PRG-01" in ids(large["prognosis"])


def test_it_is_json_and_the_same_each_time():
    first, second = (json.dumps(background("V30")) for _ in range(2))
    assert first == second
