"""The screen of one agenda item, alone and as a part of another page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Opinion
from cases.services import facts
from tests.factories.boards import make_asking_case, make_item, sign
from tests.factories.cases import make_case, make_study
from tests.factories.rich_item import FOLLOW_UP
from tests.integration.web.boards.page import text
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]


def test_everything_stands_on_it(browser, url, item, chair):
    Opinion.objects.create(item=item, person=chair, specialty="surgery", text="Operate first.")
    told = text(browser.get(url("item_screen", item.pk)))
    for words in (
        "Resect or treat?",
        "Diagnosis pNET of the tail",
        "Grade G2 (WHO 2022)",
        "Imaging: current and previous",
        "Missing or too old",
        "Feasibility",
        "What follows each result",
        "Positive In play",
        "Surgery",
        "Operate first.",
        "Nobody on the board from",
    ):
        assert words in told, words


def test_an_interval_names_its_source_not_its_rule(browser, url, coordinator):
    case = make_case(by=coordinator, **FOLLOW_UP)
    make_study(case=case, by=coordinator, outcome="stable")
    told = text(browser.get(url("item_screen", make_item(by=coordinator, case=case).pk)))
    assert "Interval: " in told
    assert "(FU-" not in told


def test_it_is_a_part_where_a_page_asks_for_it(browser, url, item):
    whole = browser.get(url("item_screen", item.pk))
    part = browser.get(url("item_screen", item.pk), headers={"HX-Request": "true"})
    assert b"<html" in whole.content
    assert part.content.lstrip().startswith(b'<section id="item-screen"')
    assert "HX-Request" in part["Vary"]


def test_reading_it_is_audited(browser, url, item):
    browser.get(url("item_screen", item.pk))
    entry = AuditEntry.objects.filter(action="agenda_item.read").get()
    assert entry.subject_id == item.case_id


def test_once_signed_it_says_what_is_of_then_and_what_of_now(browser, url, item, chair):
    sign(item, by=chair)
    told = text(browser.get(url("item_screen", item.pk)))
    assert "What the guidance said" in told
    assert "as the record stands now" in told
    assert "The signed decision" in told
    assert "Missing or too old" not in told


def test_the_record_shows_what_the_board_saw(browser, url, item, chair, coordinator):
    case = item.case
    facts.answer(
        case=case, answers={"sstr_imaging_done": True, "sstr_result": "negative"}, by=chair
    )
    item.question = "PRRT?"
    item.save(update_fields=["question"])
    sign(item, by=chair)
    facts.answer(case=case, answers={"sstr_result": "positive"}, by=coordinator)
    told = text(browser.get(url("decision", item.pk)))
    assert "What the board saw" in told
    assert "PRRT not shown: SSTR imaging result (Negative)" in told
    assert "Imaging: current and previous" in told


def test_nothing_recorded_is_not_called_none_and_unknown_stays_in_sight(browser, url, item):
    told = text(browser.get(url("item_screen", item.pk)))
    assert "Renal function: unknown" in told
    assert "None recorded: devices, severe reactions." in told


def test_it_asks_as_often_for_a_long_record_as_for_a_short_one(browser, url, meeting, coordinator):
    counts = []
    for studies in (0, 4):
        case = make_asking_case(by=coordinator)
        for _ in range(studies):
            make_study(case=case, by=coordinator, outcome="positive")
        item = make_item(by=coordinator, meeting=meeting, case=case)
        with CaptureQueriesContext(connection) as captured:
            browser.get(url("item_screen", item.pk))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_study_that_comes_near_says_what_it_lacks(browser, url, meeting, coordinator):
    case = make_asking_case(by=coordinator)
    make_study(case=case, by=coordinator, modality="CT", coverage=["abdomen", "pelvis"])
    item = make_item(by=coordinator, meeting=meeting, case=case)
    for page in (url("item_screen", item.pk), url("meeting", meeting.pk)):
        assert "contrast not noted" in text(browser.get(page))
