"""What a page says of one scenario."""

import pytest

from guidance.engine.arising import checks_in
from tests.integration.web.cases.reading import text_of
from tests.integration.web.guidance.library import EDITION, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scenario", EDITION.catalogue.scenarios.values(), ids=lambda s: s.id)
def test_it_says_who_belongs_and_what_can_arise(browser, scenario):
    words = text_of(read(browser, f"scenarios/{scenario.id}/").response)

    assert scenario.name in words
    for criterion in scenario.criteria:
        assert criterion.text in words
        assert criterion.id in words
    for arising in checks_in(scenario, EDITION):
        assert arising.check.code in words
        for text in arising.texts:
            assert text in words


@pytest.mark.parametrize("code", EDITION.ratings.by_scenario)
def test_a_rated_one_shows_every_rating_with_radiation_and_why(browser, code):
    words = text_of(read(browser, f"scenarios/{code}/").response)

    for rating in EDITION.ratings.by_scenario[code]:
        assert rating.procedure.name in words
        assert rating.label in words
        assert rating.why in words
        assert rating.prefer_when in words
        assert rating.radiation.partition(", ")[2] in words
    for (scenario, _), protocol in EDITION.ratings.protocols.items():
        if scenario == code:
            assert protocol.text in words
    assert "No study is rated" not in words


def test_a_named_one_says_that_no_study_is_rated(browser):
    words = text_of(read(browser, "scenarios/SC-06/").response)

    assert "No study is rated" in words
    assert "One rating is known from beyond the sources" in words
    assert "Which Imaging Is Best for Follow-up of an Untreated" in words
    for point in EDITION.catalogue.hints["H-06"]:
        assert point["text"] in words
    bare = text_of(read(browser, "scenarios/SC-09/").response)
    assert "The sources give no hint for it." in bare
    assert "One rating is known" not in bare


def test_exclusions_say_where_they_lead_and_where_from(browser):
    words = text_of(read(browser, "scenarios/SC-03/").response)

    assert "Residual disease is known. SC-03.X2" in words
    assert "Residual disease after resection" in words
    assert "Routine imaging after complete resection. From Initial staging" in words


def test_what_follows_a_result_has_its_guards_board_and_interval(browser):
    words = text_of(read(browser, "scenarios/SC-01/").response)

    assert "Either: Repeat MRI after a short interval." in words
    assert "or: DOTATATE PET/CT to confirm receptor expression" in words
    assert "Options for the board to weigh: Systemic therapy" in words
    assert "Only where: SSTR imaging result: not known to be negative" in words
    assert "Metastatic disease at staging. “typically”" in words
    assert "Medical oncology, surgery, interventional radiology, nuclear medicine" in words
    assert "FU-08 Repeat MRI after an indeterminate staging study: interval not specified" in words
    held = text_of(read(browser, "scenarios/SC-05/").response)
    assert "Held as B-05-REVIEW while W-PSEUDOPROGRESSION or W-HAEMORRHAGE is raised" in held
    assert "Held for a second reading" in held


def test_disagreements_stand_there_with_all_sides_and_their_dates(browser):
    words = text_of(read(browser, "scenarios/SC-03/").response)

    assert "N-16" in words
    entry = next(e for e in EDITION.disagreements if e.id == "N-16")
    for side in entry.sides:
        assert side.text in words
    assert "30 May 2026" in words
    assert entry.handling in words


def test_what_is_not_covered_stands_with_the_scenario_that_it_concerns(browser):
    topic = next(e["topic"] for e in EDITION.content["uncovered"]["uncovered"] if e["number"] == 25)

    assert topic in text_of(read(browser, "scenarios/SC-15/").response)
    assert topic not in text_of(read(browser, "scenarios/SC-01/").response)


def test_results_without_a_pathway_are_named(browser):
    words = text_of(read(browser, "scenarios/SC-05/").response)

    assert "Positive, Negative: The follow-up article reads a study as response" in words


def test_the_way_to_a_scenario_is_told_in_order(browser):
    words = text_of(read(browser, "scenarios/").response)

    assert words.index("GATE-1") < words.index("C-01") < words.index("GATE-4")
    for entry in EDITION.content["scenarios"]["not_covered"].values():
        assert entry["text"] in words
    for step in EDITION.content["scenarios"]["steps"]:
        for rule in step["rules"]:
            assert rule["text"] in words
    assert "asks for Definitive treatment done" in words
