"""What the list of cases is asked, in which order it answers, and what its columns say."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case
from cases.models.case import Preparation
from cases.selectors import case_list
from cases.selectors.case_list import COLUMNS, DEFAULT_COLUMNS, ListQuery, asked, listed, rows
from cases.services import agendas, boards, meetings
from tests.factories.cases import STAGING, make_case, make_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def prepare(case, preparation, *, until=None):
    Case.objects.filter(pk=case.pk).update(preparation=preparation, preparation_until=until)


def titles(**what):
    return [case.title for case in listed(ListQuery(**what)).cases]


@pytest.fixture
def three(scope, coordinator):
    made = [make_case(by=coordinator, title=title, family_name=title) for title in "BCA"]
    prepare(made[0], Preparation.NOT_READY)
    prepare(made[1], Preparation.READY, until=TODAY + DAY)
    prepare(made[2], Preparation.READY_WITH_GAPS)
    return made


@pytest.mark.usefixtures("three")
def test_it_sorts_as_asked():
    assert titles() == ["A", "C", "B"]
    assert titles(sort="name") == ["A", "B", "C"]
    assert titles(sort="prepared") == ["C", "A", "B"]
    assert titles(sort="unprepared") == ["B", "A", "C"]
    assert titles(sort="opened") == ["A", "C", "B"]


def test_an_open_scenario_is_further_from_ready_than_any_number_of_gaps(coordinator):
    make_case(by=coordinator, title="gaps", **STAGING)
    make_case(by=coordinator, title="open")
    assert titles(sort="unprepared") == ["open", "gaps"]
    assert titles(sort="prepared") == ["gaps", "open"]


def test_those_who_wait_longest_come_first_and_unknown_last(three):
    for case, days in zip(three, (5, 9, None), strict=True):
        on = TODAY - days * DAY if days else None
        Case.objects.filter(pk=case.pk).update(referred_on=on)
    assert titles(sort="referred") == ["C", "B", "A"]


@pytest.mark.usefixtures("three")
def test_it_filters_by_preparation_as_it_stands_today():
    assert titles(preparation="ready") == ["C"]
    two_days_on = rows(ListQuery(preparation="ready"), on=TODAY + 2 * DAY)
    assert list(two_days_on) == []


def test_it_filters_by_what_the_guidance_says_of_the_board(coordinator):
    make_case(by=coordinator, title="quiet", **STAGING)
    assert titles(board="no") == ["quiet"]
    assert titles(board="yes") == []


def test_every_column_says_something_of_a_case(coordinator):
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, performed_on=TODAY - 9 * DAY)
    board = boards.add(name="Board", place="", by=coordinator)
    at = timezone.now() + 3 * DAY
    meeting = meetings.plan(board=board, starts_at=at, by=coordinator)
    agendas.put_on(meeting=meeting, case=case, question="Which?", by=coordinator)
    Case.objects.update(board_question="Why?", referred_by="Dr. Nobody", referred_on=TODAY)
    [found] = rows(ListQuery(columns=tuple(COLUMNS)))
    said = {key: column.words(found) for key, column in COLUMNS.items()}
    assert all(said.values()), said
    assert said["grade"] == "G1"
    assert said["last_imaging"] == f"{TODAY - 9 * DAY:%-d %b %Y}"
    assert said["next_meeting"].startswith(f"{timezone.localtime(at):%-d %b %Y}")


def test_a_column_of_which_nothing_is_known_is_empty(coordinator):
    make_case(by=coordinator)
    [found] = rows(ListQuery(columns=tuple(COLUMNS)))
    empty = ("grade", "question", "referred_by", "referred_on", "last_imaging", "next_meeting")
    assert [COLUMNS[key].words(found) for key in empty] == [""] * len(empty)


def test_only_what_is_known_is_asked():
    given = {"sort": "nonsense", "readiness": "ready", "color": "red", "board": "\x00"}
    query = asked({**given, "preparation": "\x00"}, columns=["nonsense"])
    assert query == ListQuery(readiness="ready")
    assert asked({"sort": "name"}, columns=["changed", "grade"]).columns == ("grade", "changed")


def test_the_address_holds_filters_and_never_what_was_typed():
    query = asked({"board": "yes", "sort": "name"}, columns=["grade"], text="Rivera")
    assert query.address == [("board", "yes"), ("sort", "name"), ("column", "grade")]
    assert asked({}, columns=DEFAULT_COLUMNS, text="Rivera").address == []


def test_the_ticked_rows_come_in_the_order_of_the_list(three):
    chosen = case_list.chosen([three[0].pk, three[2].pk], ListQuery(sort="name"))
    assert [case.title for case in chosen] == ["A", "B"]


def test_one_query_however_many_rows_and_columns(coordinator, django_assert_num_queries):
    for _ in range(3):
        make_case(by=coordinator)
    with django_assert_num_queries(1):
        for case in rows(ListQuery(columns=tuple(COLUMNS))):
            assert [column.words(case) for column in COLUMNS.values()]
