"""The pages that hold everything else: each statement, with its source."""

import pytest

from tests.integration.web.cases.reading import text_of
from tests.integration.web.guidance.library import EDITION, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("topic", "path"),
    [
        ("classification", "classification/"),
        ("response", "response/"),
        ("prognosis", "prognosis/"),
        ("performance", "performance/"),
        ("reports", "reports/"),
        ("protocols", "studies/"),
    ],
)
def test_every_row_of_a_reference_table_is_shown_with_its_source(browser, topic, path):
    page = read(browser, path)
    words = text_of(page.response)

    assert EDITION.tables[topic]
    for table in EDITION.tables[topic]:
        assert " ".join(table.title.split()) in words
        for row in table.rows:
            assert row.id in page.ids
            assert row.source.split("; ")[0] in words
            for text in row.cells.values():
                assert " ".join(text.split()) in words


def test_what_is_computed_for_a_case_is_explained_on_its_topic(browser):
    assert "4 % of volume a month is about 17 %" in text_of(read(browser, "response/").response)
    words = text_of(read(browser, "classification/").response)
    assert "At exactly 20 mm the printed table has no UICC category." in words


def test_every_check_has_its_trigger_severity_words_and_source(browser):
    page = read(browser, "checks/")
    words = text_of(page.response)

    for check in EDITION.content["checks"]["checks"]:
        assert check["code"] in page.ids
        assert check["text"] in words
        for variant in check.get("texts", ()):
            assert variant["text"] in words
    assert "Bone pain: yes" in words
    assert "where Grade: G3; or Differentiation: not known to be well differentiated" in words
    for entry in EDITION.checklists:
        assert entry.text in words
    assert "Gastrinoma: gastrin" in words


def test_the_policies_stand_side_by_side_and_say_where_they_disagree(browser):
    words = text_of(read(browser, "intervals/").response)

    assert (
        "G1, early stage, first year 12 months 6 months 24 months 6 months no number given" in words
    )
    assert "no number given They disagree" in words
    assert "They agree at 12 months" in words
    assert "They overlap at 6 months" in words
    assert "12 months or longer" in words
    for rule in EDITION.intervals.rules.values():
        assert rule.text in words
        for row in rule.rows:
            assert row.words in words
    assert "Another source says otherwise: N-37" in words


def test_eligibility_shows_criteria_routes_cautions_and_notes(browser):
    words = text_of(read(browser, "eligibility/").response)

    for rule in EDITION.eligibility:
        assert rule.name in words
        assert rule.text in words
        for remark in (*rule.cautions, *rule.notes):
            assert remark.text in words
        for way in rule.routes:
            assert way.text in words
    assert "Not covered" in words


def test_the_registers_are_whole(browser):
    sides = text_of(read(browser, "disagreements/").response)
    for entry in EDITION.disagreements:
        assert entry.text in sides
        assert entry.handling in sides
        for side in entry.sides:
            assert side.text in sides
    assert "2016, article in press" in sides
    assert "Can change a recommendation" in sides
    chosen = text_of(read(browser, "decisions/").response)
    for decision in EDITION.content["ambiguities"]["ambiguities"]:
        assert decision["point"] in chosen
        assert decision["choice"] in chosen
    open_topics = text_of(read(browser, "uncovered/").response)
    raw = EDITION.content["uncovered"]
    for topic in (*raw["uncovered"], *raw["feasibility"], *raw["intervals"]):
        assert topic["topic"] in open_topics


def test_the_dictionary_says_what_each_fact_holds_settles_and_does_while_unknown(browser):
    page = read(browser, "facts/")
    words = text_of(page.response)

    assert len(EDITION.dictionary) == 152
    for fact in EDITION.dictionary.values():
        assert fact.name in page.ids
        assert fact.question in words
        assert fact.help in words
    assert "0 to 100 % positive nuclei" in words
    assert "above 0 mm" in words
    assert "from 0 as reported" in words
    assert "One of: Female, Male, Unspecified" in words
    assert "No scenario until it is known" in words
    assert "/guidance/checks/#W-CHEST" in page.links


def test_studies_show_ratings_orders_and_what_takes_them_away(browser):
    words = text_of(read(browser, "studies/").response)

    for procedure in EDITION.ratings.procedures.values():
        assert procedure.name in words
    for rule in EDITION.content["substitutions"]["substitutions"]:
        assert rule["text"] in words
    for statement in EDITION.content["substitutions"]["statements"]:
        assert statement["text"] in words
    assert "not rated in any scenario" in words
    assert "An anatomical and a receptor study are often done together." in words


def test_results_list_branches_board_and_codes(browser):
    words = text_of(read(browser, "results/").response)

    for branch in EDITION.branches.branches.values():
        assert branch.trigger in words
    for rule in EDITION.board.escalations:
        assert rule.text in words
    for action in EDITION.content["actions"]["actions"]:
        assert action["code"] in words
        assert action["text"] in words
    assert "The staging article goes on from a positive, a negative" in words


def test_the_sources_are_listed_with_file_date_and_marks(browser):
    page = read(browser, "sources/")
    words = text_of(page.response)

    for source in EDITION.sources:
        assert f"source-{source['tag']}" in page.ids
        assert source["file"] in words
        assert source["sha256"][:12] in words
    assert "30 May 2026" in words
    assert "source-INT" in page.ids
