"""The worklist of what is missing over all cases."""

import datetime

import pytest

from cases.models import Case, Gap
from cases.models.case import Readiness
from cases.selectors.gaps import ASKING_CASES, LISTED, GapFilters, gap_page, open_gaps
from cases.services import gaps
from tests.factories.boards import make_asking_case, make_item
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago, make_complete_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def found(**filters):
    return [(gap.case_id, gap.item) for gap in open_gaps(GapFilters(**filters))]


def test_every_gap_of_every_case_the_oldest_first(coordinator):
    one, other = make_case(by=coordinator), make_case(by=coordinator)
    Gap.objects.filter(case=other, item="ki67").update(begins_on=days_ago(9))
    assert found()[0] == (other.pk, "ki67")
    assert {case for case, _ in found()} == {one.pk, other.pk}
    assert len(found()) == 8


def test_by_department_and_by_item(coordinator):
    case = make_case(by=coordinator)
    assert found(asked_of="pathology") == [(case.pk, "differentiation"), (case.pk, "ki67")]
    assert found(item="board-question") == [(case.pk, "board-question")]


def test_what_goes_stale_by_the_day_alone_comes_on_its_day(coordinator):
    case = make_complete_case(by=coordinator)
    assert found() == []
    day = days_ago(7) + datetime.timedelta(weeks=8, days=1)
    (gap,) = open_gaps(GapFilters(), on=day)
    assert (gap.case_id, gap.item, gap.is_stale) == (case.pk, "surveillance-imaging", True)


def test_accepted_gaps_and_signed_cases_need_no_work(coordinator):
    case, signed = make_case(by=coordinator), make_case(by=coordinator)
    Case.objects.filter(pk=signed.pk).update(readiness=Readiness.SIGNED)
    gaps.accept(case=case, item="ki67", reason="Too little tissue", by=coordinator)
    assert found() == [
        (case.pk, "board-question"),
        (case.pk, "scenario"),
        (case.pk, "differentiation"),
    ]


def test_by_request_the_longest_asked_first(coordinator):
    case = make_case(by=coordinator)
    for item, days in (("ki67", 2), ("differentiation", 8)):
        gaps.ask(case=case, item=item, asked_of="Dr. P", asked_on=days_ago(days), by=coordinator)
    assert found(requested="yes") == [(case.pk, "differentiation"), (case.pk, "ki67")]
    assert found(requested="no") == [(case.pk, "board-question"), (case.pk, "scenario")]


def test_of_cases_that_ask_and_of_cases_on_a_coming_list(coordinator):
    make_case(by=coordinator)
    asking, listed = make_asking_case(by=coordinator), make_asking_case(by=coordinator)
    make_item(by=coordinator, case=listed)
    assert {case for case, _ in found(cases=LISTED)} == {listed.pk}
    assert {case for case, _ in found(cases=ASKING_CASES)} == {asking.pk, listed.pk}


def test_a_page_says_who_was_asked_and_how_long_it_is_open(coordinator):
    case = make_case(by=coordinator)
    Gap.objects.filter(item="ki67").update(begins_on=days_ago(9))
    gaps.ask(case=case, item="ki67", asked_of="Dr. P", asked_on=days_ago(2), by=coordinator)
    first, *others = gap_page(open_gaps(GapFilters()), number=1, size=50).gaps
    assert (first.name, first.department, first.days) == ("Ki-67", "Pathology", 9)
    assert first.request.asked_of == "Dr. P"
    assert {gap.request for gap in others} == {None}


def test_pages(coordinator):
    make_case(by=coordinator)
    pages = [gap_page(open_gaps(GapFilters()), number=n, size=3) for n in (0, 1, 2, 3)]
    assert [(len(page.gaps), page.number, page.has_next) for page in pages] == [
        (3, 1, True),
        (3, 1, True),
        (1, 2, False),
        (0, 3, False),
    ]


def test_as_many_queries_for_many_gaps(coordinator, django_assert_num_queries):
    for cases in (1, 4):
        for _ in range(cases):
            make_case(by=coordinator)
        with django_assert_num_queries(2):
            page = gap_page(open_gaps(GapFilters()), number=1, size=50)
            assert [gap.row.case.patient.name for gap in page.gaps]
