"""The queue: who is in it, in which order, and what its priority is the sum of."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Candidacy, Meeting
from cases.models.agenda_item import ListingReason
from cases.selectors.candidates import candidates, candidates_among, page, reasons_of_each
from cases.services import agendas
from tests.factories.boards import make_asking_case, make_item, sign
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def ask(case, **weights):
    """Give `case` reasons of some weight that began today, in place of its own."""
    Candidacy.objects.filter(case=case).delete()
    for reason, weight in weights.items():
        Candidacy.objects.create(
            case=case, reason=reason, weight=weight, detail="Words", begins_on=timezone.localdate()
        )
    return case


def queued():
    return [row["case_id"] for row in candidates()]


def since(case, days):
    Candidacy.objects.filter(case=case).update(begins_on=days_ago(days))


def test_holds_what_asks(coordinator):
    asking = make_asking_case(by=coordinator)
    make_case(by=coordinator)

    assert queued() == [asking.pk]


def test_leaves_when_put_on_and_comes_back_when_taken_off(coordinator):
    item = make_item(by=coordinator)
    assert queued() == []

    agendas.take_off(item=item, by=coordinator)

    assert queued() == [item.case_id]


def test_comes_back_when_the_meeting_passed_without_a_decision(coordinator):
    item = make_item(by=coordinator)
    past = timezone.now() - datetime.timedelta(days=1)

    Meeting.objects.filter(pk=item.meeting_id).update(starts_at=past)

    assert queued() == [item.case_id]


def test_a_decided_case_is_not_in_it(coordinator, chair):
    sign(make_item(by=coordinator), by=chair)

    assert queued() == []


def test_what_begins_tomorrow_asks_tomorrow(coordinator):
    case = ask(make_case(by=coordinator), overdue=25)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Candidacy.objects.update(begins_on=tomorrow)

    assert queued() == []
    assert [row["case_id"] for row in candidates(on=tomorrow)] == [case.pk]


def test_the_heaviest_sum_goes_first_then_who_waits_longest(coordinator):
    one = ask(make_case(by=coordinator), result=40)
    two = ask(make_case(by=coordinator), guidance=20, overdue=25)
    older = ask(make_case(by=coordinator), result=40)
    since(older, 3)

    assert queued() == [two.pk, older.pk, one.pk]


@pytest.mark.parametrize(("days", "weeks"), [(6, 0), (7, 1), (20, 2), (70, 10), (400, 10)])
def test_each_full_week_counts_one_up_to_ten(coordinator, days, weeks):
    case = ask(make_case(by=coordinator), guidance=20)
    since(case, days)

    (row,) = candidates()

    assert (row["weight"], row["weeks"], row["priority"]) == (20, weeks, 20 + weeks)


def test_a_line_shows_every_addend(coordinator):
    case = ask(make_case(by=coordinator), guidance=20, result=40)
    Candidacy.objects.filter(case=case, reason="result").update(detail="Progression, CT of 1 Nov")
    since(case, 21)

    (line,) = page().lines

    assert line.sum == "63 = 40 progression + 20 guidance + 3 weeks waiting"
    assert sum(one.weight for one in line.addends) == line.priority
    assert line.because == ListingReason.RESULT
    assert line.since == days_ago(21)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "20 = 20 guidance"), (8, "1 week waiting"), (90, "10 weeks or more waiting")],
)
def test_waiting_in_words(coordinator, days, words):
    since(ask(make_case(by=coordinator), guidance=20), days)

    assert page().lines[0].sum.endswith(words)


def test_by_reason_with_all_addends(coordinator):
    ask(make_case(by=coordinator), guidance=20)
    both = ask(make_case(by=coordinator), guidance=20, referral=15)

    (line,) = page(reason="referral").lines

    assert (line.case.pk, line.priority) == (both.pk, 35)


def test_in_pages(coordinator):
    cases = [ask(make_case(by=coordinator), guidance=n) for n in (30, 20, 10)]

    first, second = page(size=2), page(size=2, number=2)

    assert [line.case for line in first.lines] == cases[:2]
    assert (first.has_previous, first.has_next) == (False, True)
    assert [line.case for line in second.lines] == cases[2:]
    assert (second.has_previous, second.has_next) == (True, False)


def test_preparation_stands_beside(coordinator):
    make_asking_case(by=coordinator)

    case = page().lines[0].case

    assert case.effective_preparation == "not ready"
    assert case.open_gap_count > 0


def test_queries_do_not_grow_with_the_cases(coordinator, django_assert_num_queries):
    for _ in range(4):
        make_asking_case(by=coordinator)

    with django_assert_num_queries(3):
        assert len(page().lines) == 4


def test_some_of_them(coordinator):
    one, _ = (make_asking_case(by=coordinator) for _ in range(2))
    quiet = make_case(by=coordinator)

    found = candidates_among([one.pk, quiet.pk])

    assert list(found) == [one.pk]


def test_reasons_of_cases_on_a_list_too(coordinator):
    item = make_item(by=coordinator)
    quiet = make_case(by=coordinator)

    found = reasons_of_each([item.case_id, quiet.pk], on=timezone.localdate())

    assert [one.reason for one in found[item.case_id]] == ["result", "guidance"]
    assert found[quiet.pk] == ()
