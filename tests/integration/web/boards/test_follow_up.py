"""From question to outcome: the loop as one view, on the case page and beside an agenda item."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import AgendaItem, Task
from cases.models.conclusion import Recommended
from cases.services import results, tasks
from cases.web.follow_up import last_decision
from tests.factories.boards import make_asking_case, make_item
from tests.factories.cases import make_study
from tests.factories.tasks import CT, PET, REFERRAL, ago, amended, decided, tasks_of
from tests.integration.web.boards.page import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def study_of(case, *, by, **fields):
    given = {"modality": "PET_SSTR", "procedure": "PET_DOTATATE", "performed_on": ago(10)}
    return make_study(case=case, by=by, **{**given, **fields})


def test_the_whole_loop(browser, url, coordinator):
    first = decided(PET, REFERRAL, by=coordinator)
    _, referral = tasks_of(first)
    results.enter(study=study_of(first.case, by=coordinator), outcome="negative", by=coordinator)
    tasks.drop(task=referral, reason="availability", by=coordinator)
    second = decided(CT, by=coordinator, case=first.case, days_ago=3)

    page = text(browser.get(url("follow_up", first.case_id)))

    assert page.index("CT abdomen and pelvis") < page.index("DOTATATE PET/CT")
    for said in (
        "PRRT?",
        "2 recommendations",
        "SSTR PET/CT",
        "Negative",
        "Not done",
        "Not available",
        "nothing",
    ):
        assert said in page
    assert (
        url("decision", second.agenda_item_id)
        in browser.get(url("follow_up", first.case_id)).content.decode()
    )


def test_tasks_past_due_are_shown_as_such(browser, url, coordinator):
    decision = decided(PET, REFERRAL, by=coordinator)
    Task.objects.filter(recommendation__position=1).update(due_on=ago(1))
    Task.objects.filter(recommendation__position=2).update(due_on=ago(-5))
    page = text(browser.get(url("follow_up", decision.case_id)))
    assert "1 of 2 pending past due" in page
    assert "1 of 2 pending past due" in text(browser.get(url("case", decision.case_id)))


def test_an_amended_version_says_by_which_one(browser, url, coordinator):
    decision = decided(PET, by=coordinator)
    amended(decision, [REFERRAL], by=coordinator)
    page = text(browser.get(url("follow_up", decision.case_id)))
    assert "amended by version 2" in page
    assert "1 pending, none past due" in page


def test_an_equivalent_study_is_called_so(browser, url, coordinator):
    decision = decided(Recommended("imaging", "PET_DOTATATE"), by=coordinator)
    study = study_of(decision.case, by=coordinator)
    type(study).objects.filter(pk=study.pk).update(procedure="PET_DOTATOC")
    assert "by an equivalent study" in text(browser.get(url("follow_up", decision.case_id)))


def test_before_the_first_decision(browser, url, coordinator):
    case = make_asking_case(by=coordinator)
    assert "No decision yet" in text(browser.get(url("follow_up", case.pk)))
    assert "What became of the last decision" not in text(browser.get(url("case", case.pk)))


def test_what_was_signed_before_there_were_tasks(browser, url, coordinator):
    decision = decided(PET, by=coordinator)
    Task.objects.all().delete()
    assert "Signed before tasks were kept" in text(browser.get(url("follow_up", decision.case_id)))


def test_queries_do_not_grow_with_the_decisions(browser, url, coordinator):
    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("follow_up", first.case_id))
        return len(queries)

    first = decided(PET, by=coordinator, days_ago=50)
    count()
    one = count()
    for days in (40, 30):
        decided(CT, REFERRAL, by=coordinator, case=first.case, days_ago=days)
    assert count() == one


def test_beside_an_agenda_item_stands_what_became_of_the_decision_before(coordinator):
    first = decided(PET, by=coordinator)
    again = make_item(by=coordinator, case=first.case)
    found = last_decision(again)["last_decision"]
    assert found.decision == first
    assert [row.asked.text for row in found.rows] == ["DOTATATE PET/CT"]
    own = AgendaItem.objects.get(pk=first.agenda_item_id)
    assert last_decision(own)["last_decision"] is None


def test_the_screen_of_an_item_shows_it(browser, url, coordinator):
    first = decided(PET, by=coordinator)
    again = make_item(by=coordinator, case=first.case)
    assert "What became of the last decision" in text(browser.get(url("item_screen", again.pk)))


def test_alternatives_of_which_one_will_be_done_count_as_one(browser, url, coordinator):
    either = Recommended("imaging", "CT_AP_W", alternative_to=1)
    decision = decided(PET, either, REFERRAL, by=coordinator)
    Task.objects.filter(decision=decision).update(due_on=ago(-5))
    assert "2 pending, none past due" in text(browser.get(url("follow_up", decision.case_id)))
    Task.objects.filter(decision=decision).update(due_on=ago(1))
    assert "2 of 2 pending past due" in text(browser.get(url("follow_up", decision.case_id)))
