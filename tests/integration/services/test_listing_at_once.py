"""Lists that are written at the same moment and share cases: nobody waits for ever."""

import threading
from functools import partial

import pytest
from django.db import connection

from cases.models import AgendaItem, Case
from cases.services import bulk, listings, meetings, postponements
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

COUNT = 12


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def by(north):
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


def run(institution, *writers):
    """Run writers at the same moment, each its writes one after the other.

    Returns every exception that one ended with, a deadlock too.
    """
    start = threading.Barrier(len(writers))
    failures = []

    def one(writes):
        try:
            start.wait(timeout=30)
            for write in writes:
                with institution_scope(institution):
                    write()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[writes]) for writes in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


@pytest.mark.parametrize("put_on", [bulk.put_on, listings.put_on_several])
@pytest.mark.parametrize("_round", range(3))
def test_the_same_cases_in_opposite_order_on_two_lists(north, by, put_on, _round):
    with institution_scope(north):
        one, other = (make_meeting(by=by) for _ in range(2))
        cases = [make_case(by=by) for _ in range(COUNT)]
        cases = list(Case.objects.select_related("assessment").filter(pk__in=[c.pk for c in cases]))

    failures = run(
        north,
        [partial(put_on, meeting=one, cases=cases, by=by)],
        [partial(put_on, meeting=other, cases=cases[::-1], by=by)],
    )

    assert failures == []
    with institution_scope(north):
        assert AgendaItem.objects.count() == COUNT


@pytest.mark.parametrize("is_canceled", [True, False])
@pytest.mark.parametrize("_round", range(3))
def test_a_list_that_is_cleared_while_its_cases_are_put_on_another(north, by, is_canceled, _round):
    with institution_scope(north):
        board = make_board(by=by)
        source, to, third = (make_meeting(by=by, board=board, in_days=n) for n in (1, 8, 15))
        cases = sorted((make_case(by=by) for _ in range(COUNT)), key=lambda case: case.pk)
        for case in reversed(cases):
            make_item(by=by, meeting=source, case=case)

    def clear():
        if is_canceled:
            meetings.cancel(meeting=source, to=to, by=by)
        else:
            postponements.postpone_rest(meeting=source, cause="time", to=to, by=by)

    put_on = partial(bulk.put_on, meeting=third, cases=cases, by=by)
    failures = run(north, [clear], [put_on] * 6)

    assert failures == []
    with institution_scope(north):
        assert AgendaItem.objects.count() == COUNT
