"""The background of a stored assessment in a reader's words."""

import pytest

from cases.selectors.background import background_of, stage_words
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.staging import explain_stage
from guidance.engine.wording import window_words
from tests.factories.cases import STAGING, make_case
from tumorboard.tenancy.scope import institution_scope

LIMITED = {
    "primary_size_mm": 25,
    "limited_to_pancreas": True,
    "invades_duodenum": False,
    "invades_bile_duct": False,
    "invades_adjacent_organs": [],
    "involves_celiac_axis": False,
    "involves_sma": False,
}


def stage(**facts):
    return stage_words(explain_stage(parse_facts({"tnm_system": "ENETS", **facts}), load_edition()))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        (LIMITED, "T2 N? M? (ENETS)"),
        ({**LIMITED, "regional_ln_metastasis": True}, "T2 N1 M? (ENETS)"),
        (
            {**LIMITED, "regional_ln_metastasis": False, "distant_metastasis": True},
            "T2 N0 M1, stage IV (ENETS)",
        ),
        ({"invades_duodenum": True}, "at least T3 N? M? (ENETS)"),
    ],
)
def test_a_stage_stands_in_one_line_with_its_system(facts, words):
    assert stage(**facts) == words


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (None, "not determinable"),
        ("unspecified", "no number given"),
        ([6, 6], "6 months"),
        ([6, 12], "6 to 12 months"),
        ([12, "longer"], "12 months or longer"),
    ],
)
def test_a_window_stands_in_months(window, words):
    assert window_words(window) == words


def test_it_is_computed_from_the_stored_facts(institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator, **STAGING, **LIMITED)
        background = background_of(case.assessment)
    assert background.stage == "T2 N? M? (ENETS)"
    assert background.common == ""
    assert background.labels["primary_size_mm"] == "Size of the primary"
    assert [option["id"] for option in background.shown_options] == ["FDG-1"]
