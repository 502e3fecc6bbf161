"""What can arise in a scenario: held against what arises in every worked case."""

from guidance.engine.arising import checklists_in, checks_in, may_hold, reading_of
from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.examples import examples
from guidance.engine.facts import parse_facts
from guidance.engine.logic import parse_condition

EDITION = load_edition()
SCENARIOS = EDITION.catalogue.scenarios


def arising(scenario: str) -> dict[str, tuple[str, ...]]:
    return {each.check.code: each.texts for each in checks_in(SCENARIOS[scenario], EDITION)}


def test_whatever_is_raised_in_an_example_can_arise_in_its_scenario():
    raised = 0
    for example in examples().values():
        answer = assess(parse_facts(example.facts), EDITION)
        if answer["scenario"] not in SCENARIOS:
            continue
        can = checks_in(SCENARIOS[answer["scenario"]], EDITION)
        for check in answer["checks"]:
            raised += 1
            assert any(
                check["code"] == each.check.code
                and check["severity"] in each.severities
                and check["text"] in each.texts
                for each in can
            )
        can_list = {entry.id for entry in checklists_in(SCENARIOS[answer["scenario"]], EDITION)}
        assert {entry["id"] for entry in answer["checklists"] if entry["id"] != "X-03"} <= can_list
    assert raised > 20


def test_a_check_of_another_scenario_cannot_arise():
    assert "W-CHEST" in arising("SC-01")
    assert "W-CHEST" not in arising("SC-03")
    assert "W-NEC" in arising("SC-08")
    assert "W-NEC" not in arising("SC-02")
    assert "W-CONFLICT" not in arising("SC-01")


def test_the_words_are_those_of_the_scenario():
    assert "W-EXTRAHEPATIC" not in arising("SC-03")
    assert arising("SC-01")["W-EXTRAHEPATIC"] == (
        "Pelvic nodes and bones belong to staging; the order has to cover the pelvis.",
    )
    surveillance = arising("SC-03")["W-NONCONTRAST"]
    assert any("critical error" in text for text in surveillance)
    assert not any("distant staging" in text for text in surveillance)


def test_where_nothing_is_rated_nothing_about_an_order_arises():
    assert "W-COMBINED-CONTRA" in arising("SC-01")
    assert reading_of(SCENARIOS["SC-02"], EDITION)["@top"] == "none"
    assert reading_of(SCENARIOS["SC-02"], EDITION)["@branch"] == "none"
    assert "@branch" not in reading_of(SCENARIOS["SC-04"], EDITION)
    assert "@top" not in reading_of(SCENARIOS["SC-05"], EDITION)


def test_what_is_unknown_may_hold():
    assert may_hold({}, None)
    assert may_hold({}, parse_condition("bone_pain = T"))
    assert not may_hold({"bone_pain": False}, parse_condition("bone_pain = T"))
