"""The explanation of a stored assessment."""

import pytest

from cases.selectors.explanation import NoLine, explanation_of
from guidance.engine import counterfactuals
from tests.factories.cases import STAGING, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def assessment(coordinator):
    """Of a case of staging whose chest nobody asked about."""
    given = {name: value for name, value in STAGING.items() if name != "chest_imaging_done"}
    return make_case(by=coordinator, **given).assessment


def test_every_line_is_there_with_its_facts_and_their_origins(assessment):
    found = explanation_of(assessment)
    assert found.is_reproduced
    assert found.left_out == ()
    lines = {line.anchor: line for line in found.lines}
    assert {"scenario", "grade", "board", "missing-chest_imaging_done"} <= set(lines)
    used = {fact.name: fact for fact in lines["grade"].facts}
    assert used["ki67_percent"].value == "2 % positive nuclei"
    assert used["ki67_percent"].origin.entry.by == "Cora Coordinator"
    assert used["mitoses_per_10hpf"].is_unknown


def test_one_line_is_explained_alone(assessment):
    [line] = explanation_of(assessment, anchor="missing-chest_imaging_done").lines
    [change] = line.changes
    assert change["fact"] == "chest_imaging_done"
    assert [answer["words"] for answer in change["answers"]] == ["No", "Yes"]


def test_a_line_that_is_not_there(assessment):
    with pytest.raises(NoLine):
        explanation_of(assessment, anchor="check-W-NOTHING")


def test_an_unknown_fact_that_changes_nothing_alone_is_named(assessment):
    [line] = explanation_of(assessment, anchor="study-PET_FDG").lines
    assert line.changes == ()
    assert line.still_open == ("FDG PET result",)


def test_an_answer_that_the_software_no_longer_gives_is_said_to_be_such(assessment):
    assessment.answer["grade"] = "G9"
    assert not explanation_of(assessment).is_reproduced


def test_what_was_not_tried_is_named(assessment, monkeypatch):
    real = counterfactuals.changes
    monkeypatch.setattr(
        "cases.selectors.explanation.changes",
        lambda facts, edition, names: real(facts, edition, names, most=3),
    )
    found = explanation_of(assessment)
    assert found.left_out
    tried = {change["label"] for line in found.lines for change in line.changes}
    assert tried == {"Chest imaged"}
    assert not tried.intersection(found.left_out)
