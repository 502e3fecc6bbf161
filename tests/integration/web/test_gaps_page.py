"""The coordinator's worklist of what is missing over all cases."""

import pytest

from cases.models import Gap
from cases.services import gaps
from cases.web import gaps as pages
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago
from tests.integration.web.cases.reading import checked_of, text_of
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    """A case of which nothing is known."""
    return make_case(by=coordinator)


def test_each_gap_with_who_is_asked_and_since_when(browser, url, case, coordinator):
    gaps.ask(case=case, item="ki67", asked_of="Dr. Patel", asked_on=days_ago(3), by=coordinator)
    Gap.objects.filter(item="ki67").update(begins_on=days_ago(12))
    words = text_of(browser.get(url("gaps")))
    day = f"{days_ago(3):%-d %b %Y}"
    since = f"{days_ago(12):%-d %b %Y}"
    assert f"Ki-67 Missing Pathology Dr. Patel {day} {since} 12" in words
    assert "Question for the board Missing Referring clinician not yet" in words
    assert AuditEntry.objects.filter(action="gaps.read", person=coordinator).exists()


def test_filters_stay_in_the_address_and_are_codes(browser, url, case, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    response = browser.get(url("gaps"), {"asked_of": "pathology", "requested": "no"})
    assert checked_of(response, "asked_of") == []
    body = response.content.decode()
    assert '<option value="pathology" selected>' in body
    assert "?asked_of=pathology&amp;requested=no&amp;page=2" in body
    words = text_of(response)
    assert "Differentiation Missing" in words
    assert "Question for the board Missing" not in words
    second = browser.get(url("gaps"), {"asked_of": "pathology", "requested": "no", "page": "2"})
    assert "Ki-67 Missing" in text_of(second)
    assert 'href="?asked_of=pathology&amp;requested=no"' in second.content.decode()


def test_choosing_a_filter_leads_to_its_address(browser, url, case):
    chosen = {"asked_of": "pathology", "item": "", "cases": "nonsense", "requested": "no"}
    response = browser.post(url("gaps"), chosen)
    assert response.url == url("gaps") + "?asked_of=pathology&requested=no"
    assert browser.post(url("gaps"), {"asked_of": ""}).url == url("gaps") + "?"


def test_what_is_no_filter_is_left_out(browser, url, case):
    words = text_of(browser.get(url("gaps"), {"asked_of": "nobody", "item": "x", "page": "-1"}))
    assert "Ki-67 Missing" in words
    assert "Show all" not in words


def test_nothing_is_missing(browser, url):
    assert "Nothing is missing" in text_of(browser.get(url("gaps")))


def test_queries_do_not_grow(browser, url, coordinator, django_assert_num_queries):
    for cases in (1, 5):
        for _ in range(cases):
            make_case(by=coordinator)
        with django_assert_num_queries(12):
            browser.get(url("gaps"))


def test_the_queue_leads_here(browser, url, case):
    assert url("gaps") in browser.get(url("board_queue")).content.decode()
