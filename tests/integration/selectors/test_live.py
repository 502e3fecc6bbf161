"""Reading a running meeting."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import BoardMember
from cases.selectors.live import live, look, revision_of, screen_stamp
from cases.services import agenda_details, agendas, attendances, discussions, opinions
from tests.factories.boards import (
    draft,
    make_asking_case,
    make_item,
    make_meeting,
    sign,
)
from tests.factories.cases import make_case
from tests.factories.standards import settle
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_before_the_first_case_nothing_is_shown(meeting, items):
    found = live(meeting)
    assert found.shown is None
    assert found.presenter_id is None
    assert not found.clock_runs
    assert found.to_begin_with.item == items[0]
    assert (found.count, found.signed) == (3, 0)
    assert found.forecast is not None


def test_an_empty_list_has_nothing_to_begin_with(meeting):
    assert live(meeting).to_begin_with is None


def test_what_is_before_the_board_and_who_showed_it(meeting, items, chair):
    discussions.show(item=items[1], by=chair)
    found = live(meeting)
    assert found.shown.item == items[1]
    assert found.shown.number == 2
    assert found.presenter_id == chair.pk
    assert found.clock_runs
    assert found.before(found.shown).item == items[0]
    assert found.after(found.shown).item == items[2]
    assert found.before(found.cases[0]) is None
    assert found.after(found.cases[2]) is None
    assert found.case(items[2].pk).number == 3
    assert found.case(uuid.uuid4()) is None


def test_the_clock_against_what_was_expected(meeting, items, chair, monkeypatch):
    now = timezone.now()
    agenda_details.set_minutes(item=items[0], minutes=4, by=chair)
    discussions.show(item=items[0], by=chair)
    later = now + timezone.timedelta(minutes=4, seconds=9)
    monkeypatch.setattr(timezone, "now", lambda: later)
    shown = live(meeting).shown
    assert shown.expected_minutes == 4
    assert shown.seconds in (248, 249)
    assert shown.clock in ("4:08", "4:09")
    assert shown.is_late
    assert not live(meeting).cases[1].is_late


def test_a_case_that_a_standard_settles_has_no_number(meeting, items, coordinator):
    settle(items[1], by=coordinator)
    found = live(meeting)
    assert [case.number for case in found.cases] == [1, None, 2]
    assert found.count == 2
    assert found.after(found.cases[0]).item == items[2]
    assert found.before(found.cases[2]).item == items[0]


def test_who_is_there_by_specialty(meeting, coordinator, chair):
    BoardMember.objects.create(board=meeting.board, person=chair, specialty="surgery")
    attendances.note_present(meeting=meeting, name="Guest", by=coordinator)
    attendances.note_present(
        meeting=meeting, name="Nina Nuclear", specialty_code="nuclear_medicine", by=coordinator
    )
    attendances.note_present(meeting=meeting, name=chair.name, person=chair, by=coordinator)
    found = live(meeting)
    assert [(g.specialty, [p.name for p in g.people]) for g in found.presence] == [
        ("Surgery", ["Chris Chair"]),
        ("Nuclear medicine", ["Nina Nuclear"]),
        ("No specialty noted", ["Guest"]),
    ]
    assert len(found.people) == 3


def test_what_was_decided(meeting, coordinator, chair):
    first, second = (
        make_item(by=coordinator, meeting=meeting, case=make_asking_case(by=coordinator))
        for _ in range(2)
    )
    before = live(meeting).cases[0].stamp
    draft(first, by=coordinator)
    drafted = live(meeting).cases[0].stamp
    sign(first, by=chair)
    found = live(meeting)
    assert len({before, drafted, found.cases[0].stamp}) == 3
    assert [case.is_signed for case in found.cases] == [True, False]
    assert found.signed == 1
    assert found.to_begin_with.item == second
    sign(second, by=chair)
    assert live(meeting).to_begin_with.item == first


def test_the_screen_is_another_one_when_something_on_it_changes(meeting, items, chair):
    item = items[0]
    stamps = [screen_stamp(item)]
    assert screen_stamp(item) == stamps[0]
    item = agendas.ask(item=item, question="Another question?", by=chair)
    stamps.append(screen_stamp(item))
    opinions.give(item=item, text="Resect.", by=chair)
    stamps.append(screen_stamp(item))
    opinions.withdraw(item=item, by=chair)
    assert screen_stamp(item) == stamps[1]
    item.case.version += 1
    stamps.append(screen_stamp(item))
    assert len(set(stamps)) == 4


def test_queries_do_not_grow_with_the_cases(meeting, items, coordinator, chair):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            live(meeting)
        return len(queries)

    for item in items:
        discussions.show(item=item, by=chair)
    first = count()
    for _ in range(3):
        discussions.show(
            item=make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator)),
            by=chair,
        )
    assert count() == first


def test_a_look_says_the_revision_and_who_may_read(meeting, coordinator, administrator):
    nobody = uuid.uuid4()
    found = look(
        meeting_id=meeting.pk,
        person_ids=[coordinator.pk, administrator.pk, nobody],
        session_keys=["no session"],
    )
    assert found.revision == revision_of(meeting.pk)
    assert found.readers == {coordinator.pk}
    assert found.sessions == set()
    assert look(meeting_id=nobody, person_ids=[], session_keys=[]) is None


def test_another_institution_has_no_such_meeting(institution, other_institution, coordinator):
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
    with institution_scope(other_institution):
        assert revision_of(meeting.pk) is None
        assert look(meeting_id=meeting.pk, person_ids=[], session_keys=[]) is None
