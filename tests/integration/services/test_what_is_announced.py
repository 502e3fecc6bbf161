"""Every change that the followers of a meeting see is announced to them, and only to them."""

from collections.abc import Callable

import pytest

from cases.models import AgendaItem, Attendance, Meeting
from cases.services import (
    agenda_details,
    agendas,
    amendments,
    attendances,
    discussions,
    opinions,
    postponements,
    tracks,
)
from tests.factories.boards import draft, make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.factories.standards import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(meeting, coordinator) -> AgendaItem:
    make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    return make_item(by=coordinator, meeting=meeting)


def _arrange(item, by):
    ids = AgendaItem.objects.filter(meeting=item.meeting).order_by("-position")
    agendas.arrange(meeting=item.meeting, item_ids=list(ids.values_list("pk", flat=True)), by=by)


def _leave(item, by):
    attendances.note_absent(attendance=Attendance.objects.get(), by=by)


def _discuss(item, by):
    settle(item, by=by)
    tracks.discuss(item=item, by=by)


def _amend(item, by):
    amendments.open(item=item, reason="A new finding.", by=by)


CHANGES: dict[str, tuple[Callable, Callable | None]] = {
    "somebody joins": (
        lambda item, by: attendances.note_present(meeting=item.meeting, name="Guest", by=by),
        None,
    ),
    "somebody leaves": (
        _leave,
        lambda item, by: attendances.note_present(meeting=item.meeting, name="Guest", by=by),
    ),
    "a case comes": (
        lambda item, by: make_item(by=by, meeting=item.meeting, case=make_case(by=by)),
        None,
    ),
    "a case goes": (lambda item, by: agendas.take_off(item=item, by=by), None),
    "the order changes": (_arrange, None),
    "another question": (lambda item, by: agendas.ask(item=item, question="What?", by=by), None),
    "other minutes": (
        lambda item, by: agenda_details.set_minutes(item=item, minutes=3, by=by),
        None,
    ),
    "others are needed": (
        lambda item, by: agenda_details.set_also_needed(item=item, specialties=["genetics"], by=by),
        None,
    ),
    "a case is postponed": (
        lambda item, by: postponements.postpone(item=item, cause="time", by=by),
        None,
    ),
    "discussed after all": (_discuss, None),
    "somebody writes": (
        lambda item, by: draft(item, by=by),
        lambda item, by: attendances.note_present(meeting=item.meeting, name="Guest", by=by),
    ),
    "somebody signs": (
        lambda item, by: sign(item, by=by),
        lambda item, by: draft(item, by=by),
    ),
    "it is amended": (_amend, lambda item, by: sign(item, by=by)),
    "the amendment is dropped": (
        lambda item, by: amendments.discard(item=item, by=by),
        lambda item, by: (sign(item, by=by), _amend(item, by)),
    ),
    "an opinion": (lambda item, by: opinions.give(item=item, text="Resect.", by=by), None),
    "no opinion": (
        lambda item, by: opinions.withdraw(item=item, by=by),
        lambda item, by: opinions.give(item=item, text="Resect.", by=by),
    ),
    "a case is shown": (lambda item, by: discussions.show(item=item, by=by), None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_announced(name, item, chair):
    change, before = CHANGES[name]
    elsewhere = make_meeting(by=chair)
    if before:
        before(item, chair)
    item = AgendaItem.objects.select_related("meeting__board", "case__assessment").get(pk=item.pk)
    revision = Meeting.objects.get(pk=item.meeting_id).revision
    other = Meeting.objects.get(pk=elsewhere.pk).revision

    change(item, chair)

    assert Meeting.objects.get(pk=item.meeting_id).revision == revision + 1
    assert Meeting.objects.get(pk=elsewhere.pk).revision == other


def test_a_case_that_moves_is_announced_where_it_goes(item, chair):
    to = make_meeting(by=chair)
    before = Meeting.objects.get(pk=to.pk).revision
    postponements.postpone(item=item, cause="time", to=to, by=chair)
    assert Meeting.objects.get(pk=to.pk).revision == before + 1
