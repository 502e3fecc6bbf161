"""The board reads the record on the page where it decides, and in its printed agenda."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.services import gaps
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import STAGING, make_case
from tests.factories.labs import make_lab_result
from tests.factories.records import make_full_case
from tests.integration.web.boards.page import pdf_text, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def open_gaps(case):
    """What is missing today, whatever list the case stands on."""
    due = case.gaps.filter(begins_on__lte=timezone.localdate()).exclude(item="board-question")
    return list(due.order_by("item").values_list("item", flat=True))


@pytest.fixture
def case(coordinator):
    return make_full_case(by=coordinator)


def test_the_page_shows_every_part_of_the_record(browser, url, meeting, case, coordinator):
    open_gap, accepted = open_gaps(case)[:2]
    gaps.accept(case=case, item=accepted, reason="Patient declines.", by=coordinator)
    item = make_item(by=coordinator, meeting=meeting, case=case)

    response = browser.get(url("decision", item.pk))

    told = text(response)
    for words in (
        "Not ready",
        "accepted by Cora Coordinator: Patient declines.",
        "Pacemaker: MR unsafe",
        "anaphylaxis",
        "(0 weeks old)",
        "RECIST 1.1: PD",
        "concerns liver-directed therapy",
        "Minor discrepancy",
        "Chromogranin A",
        "Ki-67",
    ):
        assert words in told
    page = response.content.decode()
    assert url("case_timeline_picture", case.pk) in page
    assert f"{url('case_completeness', case.pk)}#item-{open_gap}" in page


def test_what_is_missing_is_judged_for_the_question_of_the_list(browser, url, meeting, coordinator):
    case = make_case(by=coordinator, **STAGING)
    asked = make_item(by=coordinator, meeting=meeting, case=case, question="PRRT?")
    place = url("case_completeness", case.pk) + "#item-board-question"
    assert place not in browser.get(url("decision", asked.pk)).content.decode()
    other = make_item(by=coordinator, meeting=make_meeting(by=coordinator), question="")
    place = url("case_completeness", other.case_id) + "#item-board-question"
    assert place in browser.get(url("decision", other.pk)).content.decode()


def test_the_printed_agenda_says_what_is_missing_and_in_the_way(
    browser, url, meeting, case, coordinator
):
    accepted = open_gaps(case)[0]
    gaps.accept(case=case, item=accepted, reason="Patient declines.", by=coordinator)
    make_item(by=coordinator, meeting=meeting, case=case)

    told = pdf_text(browser.get(url("agenda_pdf", meeting.pk)))

    for words in (
        "Missing or too old",
        "accepted by Cora Coordinator: Patient declines.",
        "Pacemaker: MR unsafe",
        "Neurostimulator: safety in MRI unknown",
        "anaphylaxis",
        "Gadolinium contrast",
        "48 mL/min/1.73 m²",
        "(0 weeks old)",
    ):
        assert words in told
    for words in ("Infusion pump", "itching", "hoax"):
        assert words not in told


def test_an_empty_record_says_so_on_paper(browser, url, meeting, coordinator):
    make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator, **STAGING))
    told = pdf_text(browser.get(url("agenda_pdf", meeting.pk)))
    assert "Treatments: None recorded" in told
    assert told.count("None recorded") == 3


def test_an_old_value_of_renal_function_is_called_old(browser, url, meeting, coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_lab_result(case, "egfr", "48", "mL/min/1.73 m²", "2025-01-10", by=coordinator)
    make_item(by=coordinator, meeting=meeting, case=case)
    assert "weeks old), old" in pdf_text(browser.get(url("agenda_pdf", meeting.pk)))


def test_the_page_takes_as_many_queries_in_a_long_meeting(browser, url, meeting, case, coordinator):
    item = make_item(by=coordinator, meeting=meeting, case=case)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("decision", item.pk))
        counted.append(len(queries))
        make_item(by=coordinator, meeting=meeting, case=make_full_case(by=coordinator))
    assert counted[0] == counted[1]


def test_the_printed_agenda_takes_as_many_queries_for_many_full_cases(
    browser, url, meeting, coordinator
):
    counted = []
    for _ in range(2):
        make_item(by=coordinator, meeting=meeting, case=make_full_case(by=coordinator))
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("agenda_pdf", meeting.pk))
        counted.append(len(queries))
    assert counted[0] == counted[1]
