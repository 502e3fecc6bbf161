import re

import pytest

from guidance.editions import minimum_dataset as content
from guidance.editions.minimum_dataset import (
    FILE,
    FactsRule,
    LabRule,
    RecordRule,
    SpecimenRule,
    StudyRule,
    check,
    minimum_dataset,
)
from guidance.engine.problems import ContentError
from tests.unit.guidance.content.citations import SOURCES, Statement, unfounded_lines

ITEMS = minimum_dataset().items


@pytest.fixture
def draft(tmp_path):
    """The file with one piece of text replaced by another."""

    def write(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "draft.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_the_product_asks_for_a_fresh_staging_study():
    item = ITEMS["staging-imaging"]
    assert item.scenarios == ("SC-01",)
    assert (item.max_age_weeks, item.asked_of, item.is_required) == (8, "radiology", True)
    assert item.satisfied_by == (
        StudyRule(
            newest=False,
            procedures=("MRI_AP_WWO", "CT_AP_W", "CT_AP_WWO", "CT_CAP_W"),
            modalities=("CT", "MRI"),
            regions=("abdomen", "pelvis"),
            contrast=True,
            sequences=(),
            needs=("report",),
        ),
    )


def test_every_kind_of_rule_is_read():
    assert ITEMS["board-question"].satisfied_by == (RecordRule("board_question"),)
    assert ITEMS["ki67"].satisfied_by == (
        SpecimenRule(("ki67_percent",)),
        FactsRule(("ki67_percent",), answered_only=False),
    )
    assert ITEMS["renal-function"].satisfied_by == (
        LabRule(("egfr",)),
        FactsRule(("renal_impairment_significant",), answered_only=True),
    )


def test_an_item_is_for_its_scenarios_or_for_all():
    assert ITEMS["staging-imaging"].is_for("SC-01")
    assert not ITEMS["staging-imaging"].is_for("SC-03")
    assert ITEMS["board-question"].is_for("UNDETERMINED")


def test_no_limit_on_age_is_said_to_come_from_a_source():
    """The sources give none, so each is marked as the product's own."""
    assert {item.max_age_source for item in ITEMS.values() if item.max_age_weeks} == {"INT"}
    assert "INT" in minimum_dataset().notice


def test_every_full_scenario_asks_for_its_study():
    for scenario in ("SC-01", "SC-03", "SC-05"):
        asked = [item for item in ITEMS.values() if scenario in item.scenarios]
        assert any(item.code.endswith("-imaging") and item.max_age_weeks for item in asked)


@pytest.mark.shared
@pytest.mark.skipif(not SOURCES.exists(), reason=f"no source documents at {SOURCES}")
def test_every_cited_line_holds_text():
    found = [
        problem
        for item in ITEMS.values()
        for problem in unfounded_lines(Statement(item.code, item.source))
    ]
    assert found == []


def test_the_text_says_no_figure_that_no_source_gives():
    for item in ITEMS.values():
        words = re.sub(r"Ki-67|MEN1", "", f"{item.name} {item.why}")
        assert not re.search(r"\d", words), item.code


def test_the_file_is_sound():
    assert check() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("asked_of: referring", "asked_of: nobody", "nobody is no department"),
        ("scenarios: [SC-01]", "scenarios: [SC-99]", "SC-99 is no scenario"),
        ("facts: [ki67_percent]", "facts: [ki67]", "ki67 is no fact"),
        ("answered: [cga_trend]", "answered: [cga]", "cga is no fact"),
        ("procedures: [MRI_AP_WWO,", "procedures: [MRI_AP,", "MRI_AP is no procedure"),
        ("modalities: [CT, MRI]", "modalities: [CT, MR]", "MR is no modality"),
        ("code: images", "code: result", "result stands twice"),
        ("when: liver_surgery_planned", "when: liver_surgery", "liver_surgery is not a fact"),
        ("source: INT", "source: hearsay", "does not fit"),
        ("max_age: {weeks: 8,", "max_age: {weeks: 0,", "weeks: must be at least 1"),
        ("notice:", "notice: [", "is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(draft, old, new, told):
    problems = check(draft(old, new))
    assert problems
    assert any(told in str(problem) for problem in problems)
    assert all(re.match(r"draft\.yaml:\d+:\d+: ", str(problem)) for problem in problems)


def test_a_broken_file_is_not_used(draft, monkeypatch):
    monkeypatch.setattr(content, "FILE", draft("source: INT", "source: hearsay"))
    minimum_dataset.cache_clear()
    try:
        with pytest.raises(ContentError, match="The minimum data set cannot be read"):
            minimum_dataset()
    finally:
        minimum_dataset.cache_clear()
