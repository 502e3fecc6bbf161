"""In which ways another edition answers a case differently."""

from typing import Any

import pytest

from cases.selectors.trial_changes import COMPARED, KINDS, changes_of, summary, weight_of
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.factories.cases import STAGING

ANSWER = assess(parse_facts(STAGING), load_edition())


def changed(**values: Any) -> list[str]:
    """The kinds of change when the answer of a staging case says something else."""
    before = summary(ANSWER)
    return changes_of(before, {**before, **values})


def board(level: str, *reasons: str) -> dict[str, Any]:
    return {"level": level, "reasons": list(reasons)}


def severities(**added: str) -> dict[str, str]:
    return {**summary(ANSWER)["severities"], **added}


def test_an_answer_that_says_the_same_is_no_change():
    assert changed() == []


def test_other_words_alone_are_no_change():
    reworded = {**ANSWER, "checks": [{**check, "text": "x"} for check in ANSWER["checks"]]}
    assert changes_of(summary(ANSWER), summary(reworded)) == []


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"board": board("yes", "E-01")}, ["board_up", "reasons"]),
        ({"board": board("no", "E-01")}, ["reasons"]),
        ({"top": "CT_AP_W"}, ["top"]),
        ({"severities": severities(X="CRITICAL")}, ["critical_added", "checks"]),
        ({"severities": severities(X="CAUTION")}, ["checks"]),
        ({"warnings": ["X"]}, ["checks"]),
        ({"scenario": "SC-03"}, ["scenario"]),
        ({"branch": "B-01-POS"}, ["branch"]),
        ({"actions": ["ACT-MDT"]}, ["actions"]),
        ({"next_interval": {"FU-01": [6, 12]}}, ["interval"]),
        ({"alternatives": []}, ["studies"]),
        ({"removed": [["CT_AP_W", "SUB-03"]]}, ["studies"]),
        ({"grade": "G3"}, ["grade"]),
        ({"missing": ["sex"]}, ["questions"]),
        ({"confirm_before_order": ["sex"]}, ["questions"]),
        ({"candidates": ["SC-03"]}, ["questions"]),
        ({"provisional": True}, ["questions"]),
    ],
)
def test_each_kind(values, kinds):
    assert changed(**values) == kinds


def test_what_is_taken_back_is_a_kind_of_its_own():
    before = {**summary(ANSWER), "board": board("yes"), "severities": {"X": "CRITICAL"}}
    after = {**before, "board": board("consider"), "severities": {"X": "CAUTION"}}
    assert changes_of(before, after) == ["board_down", "critical_lifted", "checks"]


def test_everything_that_is_compared_belongs_to_a_kind():
    before = summary(ANSWER)
    for key in COMPARED:
        after = {**before, key: board("yes", "E-99") if key == "board" else "other"}
        assert changes_of(before, after)


def test_one_heavier_kind_outweighs_all_lighter_ones():
    first, *others = KINDS
    assert weight_of([first]) > weight_of(others)
    assert weight_of(["top"]) > weight_of(["scenario", "branch", "questions"])
