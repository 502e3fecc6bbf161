"""What speaks against a result reaches every place where the board reads the result."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.boards import draft, make_item, make_meeting, sign
from tests.factories.cases import STAGING, make_case, make_study
from tests.factories.lesions import make_course
from tests.factories.records import keep_against, reread
from tests.integration.web.boards.page import pdf_text, text
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_study")]

KEPT = "entered “Stable”, measured: RECIST 1.1: "
READ = "reported as “Stable”, read by the board as “Progression”, by Dr Reader"


@pytest.fixture(scope="module")
def kept_study(house):
    """The current study: its result is kept against sizes, and the board reads it otherwise."""
    by = house.coordinator
    with institution_scope(house.institution):
        case = make_case(by=by, **STAGING)
        study = make_course(case, 40, 60, by=by)[1][-1]
        keep_against(study, outcome="stable", reason="Cystic change.", by=by)
        reread(study, outcome="progression", agreement="major", words="New focus.", by=by)
        case.refresh_from_db()
    return study


@pytest.fixture
def study(kept_study):
    return copy.deepcopy(kept_study)


@pytest.fixture
def item(study, meeting, coordinator):
    return make_item(by=coordinator, meeting=meeting, case=study.case)


def says_both(told):
    return (
        KEPT in told
        and "Kept as entered, by Cora Coordinator, " in told
        and "Cystic change." in told
        and f"{READ}, " in told
        and "New focus." in told
    )


def test_the_page_of_the_case_says_it_before_what_follows_the_result(browser, url, study):
    told = text(browser.get(url("case", study.case_id)))
    assert says_both(told)
    assert told.count(KEPT) == 1
    assert "Critical: Major discrepancy on re-reading" in told


def test_it_stands_under_the_words_after_the_result(browser, url, coordinator):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(case=case, by=coordinator, outcome="positive")
    reread(study, outcome="negative", agreement="minor", words="Artifact.", by=coordinator)
    case.refresh_from_db()
    trigger = case.assessment.answer["branch_detail"]["trigger"]
    told = text(browser.get(url("case", case.pk)))
    after = told.index("After the result: Positive, ")
    assert after < told.index("Caution: Minor discrepancy") < told.index(trigger, after)
    assert told.count("Minor discrepancy on re-reading") == 1


def test_the_page_of_the_study(browser, url, study):
    response = browser.get(url("study", study.pk))
    assert says_both(text(response))
    assert url("lesions", study.case_id) in response.content.decode()


def test_the_list_of_the_meeting(browser, url, item, meeting):
    assert says_both(text(browser.get(url("meeting", meeting.pk))))


def test_the_pages_where_the_board_decides_and_signs(chairs_browser, url, item, chair):
    assert says_both(text(chairs_browser.get(url("decision", item.pk))))
    draft(item, by=chair)
    signing = text(chairs_browser.get(url("decision_sign", item.pk)))
    assert "Signing" in signing or "Before it can be signed" in signing
    assert says_both(signing)


def test_the_printed_agenda(browser, url, item, meeting):
    told = pdf_text(browser.get(url("agenda_pdf", meeting.pk)))
    assert says_both(told)
    assert "Against the result" in told


def test_what_was_decided_quotes_what_was_signed(browser, url, coordinator, chair):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(case=case, by=coordinator, outcome="positive")
    meeting = make_meeting(by=coordinator)
    item = make_item(by=coordinator, meeting=meeting, case=case)
    sign(item, by=chair)
    reread(study, outcome="negative", agreement="major", words="Artifact.", by=coordinator)
    for name, pk in (("meeting", meeting.pk), ("decision", item.pk)):
        assert "Artifact." not in text(browser.get(url(name, pk)))
    assert "Artifact." not in pdf_text(browser.get(url("agenda_pdf", meeting.pk)))


def test_a_fact_that_the_lesions_say_otherwise_shows_both_sides(browser, url, coordinator):
    case = make_case(by=coordinator, **STAGING)
    study = make_course(case, 40, 60, by=coordinator)[1][-1]
    keep_against(study, outcome="progression", size_change="stable", reason="Cyst.", by=coordinator)
    case.refresh_from_db()
    assert case.assessment.facts["size_change"] == "stable"
    assert case.assessment.origins["size_change"]["record"]["value"] == "increase"
    told = text(browser.get(url("case", case.pk)))
    assert "The record says otherwise: Increase." in told


def test_the_list_takes_as_many_queries_for_many_cases(browser, url, coordinator):
    meeting = make_meeting(by=coordinator)
    for name in ("meeting", "agenda_pdf"):
        counted = []
        for _ in range(2):
            for day in range(2):
                case = make_case(by=coordinator, **STAGING)
                study = make_course(case, 40, 60, by=coordinator)[1][-1]
                keep_against(study, outcome="stable", reason=f"So {day}.", by=coordinator)
                reread(study, outcome="response", agreement="minor", words="So.", by=coordinator)
                make_item(by=coordinator, meeting=meeting, case=case)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url(name, meeting.pk))
            counted.append(len(queries))
        assert counted[0] == counted[1]
