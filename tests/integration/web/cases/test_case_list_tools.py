"""The tools of the case list in pages: address, views, columns, export, several cases at once."""

import copy
import csv
import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from cases.models import AgendaItem, SavedView
from cases.selectors.case_list import ListQuery
from cases.services import boards, meetings, saved_views
from tests.factories.cases import STAGING, make_case
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(scope="module", autouse=True)
def kept_cases(house):
    coordinator = house.coordinator
    with institution_scope(house.institution):
        return [
            make_case(by=coordinator, family_name="Rivera", **STAGING),
            make_case(by=coordinator, family_name="Sato", title="=tail"),
        ]


@pytest.fixture
def cases(kept_cases):
    return copy.deepcopy(kept_cases)


def test_filters_without_a_name_lead_to_an_address(browser, cases, at):
    answer = browser.post(at("case_list"), {"q": "", "readiness": "ready", "sort": "name"})
    assert answer.status_code == 302
    assert answer["Location"] == at("case_list") + "?readiness=ready&sort=name"
    assert "Rivera" in text_of(browser.get(answer["Location"]))
    assert "Sato" not in text_of(browser.get(answer["Location"]))


def test_a_live_search_keeps_the_filters_in_the_address_and_not_the_name(browser, cases, at):
    typed = {"q": "riv", "readiness": "ready"}
    answer = browser.post(at("case_list"), typed, headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == at("case_list") + "?readiness=ready"


def test_columns_are_chosen(browser, cases, at):
    words = text_of(browser.get(at("case_list") + "?column=grade&column=opened"))
    table = words[words.index("Chosen Patient") :]
    assert table.startswith("Chosen Patient Grade Opened")
    assert "G1" in table


def test_a_view_is_saved_used_and_removed(browser, cases, at, institution):
    asked = {"name": "Ready ones", "readiness": "ready", "column": ["grade"]}
    answer = browser.post(at("view_save"), asked)
    assert answer["Location"] == at("case_list") + "?readiness=ready&column=grade"
    page = browser.get(at("case_list")).content.decode()
    assert 'href="/i/north/cases/?readiness=ready&amp;column=grade">Ready ones</a>' in page
    with institution_scope(institution):
        view = SavedView.objects.get()
    assert browser.post(at("view_remove", view.pk)).status_code == 302
    assert "Ready ones" not in browser.get(at("case_list")).content.decode()


def test_a_view_without_a_name_is_refused_and_keeps_what_was_asked(browser, cases, at):
    answer = browser.post(at("view_save"), {"name": "", "readiness": "ready"})
    assert answer.status_code == 422
    assert "Enter a name for the view." in text_of(answer)
    assert 'name="readiness" value="ready"' in answer.content.decode()


def test_anothers_view_cannot_be_removed(browser, cases, at, institution, chair):
    with institution_scope(institution):
        view = saved_views.save(name="Theirs", query=ListQuery(), is_shared=True, by=chair)
    assert browser.post(at("view_remove", view.pk)).status_code == 404


def test_the_list_leaves_as_csv(browser, cases, at, institution):
    answer = browser.post(at("case_export"), {"format": "csv", "q": "sat", "column": ["diagnosis"]})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].endswith('.csv"')
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[1] for line in lines] == ["Family name", "Sato"]
    assert lines[1][-1] == "'=tail"
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="case.exported").count() == 1


def test_the_ticked_cases_leave_as_xlsx(browser, cases, at):
    asked = {"format": "xlsx", "case": [str(cases[0].pk), "no id"]}
    answer = browser.post(at("case_export"), asked)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [row[1].value for row in sheet.iter_rows()] == ["Family name", "Rivera"]


def test_ticks_that_are_no_cases_export_none_instead_of_all(browser, cases, at):
    answer = browser.post(at("case_export"), {"format": "csv", "case": "garbage"})
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 1


def test_a_filter_that_is_none_stands_in_no_address_and_in_no_view(browser, cases, at):
    answer = browser.post(at("case_list"), {"q": "", "readiness": "Rivera", "scenario": "\x00"})
    assert answer["Location"] == at("case_list")
    saved = browser.post(at("view_save"), {"name": "x", "readiness": "\x00"})
    assert saved["Location"] == at("case_list")


def test_too_many_for_one_table_says_so(browser, cases, at, monkeypatch):
    monkeypatch.setattr("cases.services.exports.MOST", 1)
    answer = browser.post(at("case_export"), {"format": "csv"}, follow=True)
    assert "These are more than 1 cases." in text_of(answer)


def test_several_cases_go_on_one_list(browser, cases, at, institution, coordinator):
    ids = [str(case.pk) for case in cases]
    assert "No meeting is coming up." in text_of(browser.post(at("cases_put_on"), {"case": ids}))
    with institution_scope(institution):
        board = boards.add(name="Board", place="", by=coordinator)
        soon = timezone.now() + datetime.timedelta(days=2)
        meeting = meetings.plan(board=board, starts_at=soon, by=coordinator)
    assert "Put 2 cases on a list" in text_of(browser.post(at("cases_put_on"), {"case": ids}))
    done = browser.post(at("cases_put_on"), {"case": ids, "meeting": str(meeting.pk)})
    assert text_of(done).count("On the list now.") == 2
    again = browser.post(at("cases_put_on"), {"case": ids, "meeting": str(meeting.pk)})
    assert text_of(again).count("Not put on: This case is on the list already.") == 2
    with institution_scope(institution):
        assert AgendaItem.objects.count() == 2


def test_nothing_ticked_says_so(browser, cases, at):
    answer = browser.post(at("cases_put_on"), {}, follow=True)
    assert "Tick the cases first." in text_of(answer)


def test_a_list_too_long_for_names_says_why_it_is_not_sorted(browser, cases, at, monkeypatch):
    sorted_by_name = text_of(browser.get(at("case_list") + "?sort=name"))
    assert sorted_by_name.index("Rivera") < sorted_by_name.index("Sato")
    monkeypatch.setattr("cases.selectors.case_list.MOST_BY_NAME", 1)
    too_long = text_of(browser.get(at("case_list") + "?sort=name"))
    assert "cannot be sorted by name" in too_long
    assert too_long.index("Sato") < too_long.index("Rivera")
