"""Items that were taken off their lists."""

from uuid import uuid4

import pytest

from cases.models import AgendaItem
from cases.models.postponement import PostponementCause
from cases.selectors.former_items import former_items, last_meeting, was_listed
from cases.services import agendas
from cases.services.postponements import postpone
from tests.factories.boards import make_item, make_meeting
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_history_knows_what_was_on_a_list_here(institution, other_institution, coordinator):
    sue = add_member(other_institution, "COORDINATOR", email="sue@south.example", name="Sue")
    with institution_scope(other_institution):
        theirs = make_item(by=sue)
    with institution_scope(institution):
        gone, listed = make_item(by=coordinator), make_item(by=coordinator)
        gone_id = gone.pk
        agendas.take_off(item=AgendaItem.objects.get(pk=gone_id), by=coordinator)

        known = [was_listed(each) for each in (gone_id, listed.pk, theirs.pk, uuid4())]

    assert known == [True, True, False, False]


@pytest.mark.usefixtures("scope")
def test_those_of_one_case_that_are_on_no_list(coordinator):
    gone, other = make_item(by=coordinator), make_item(by=coordinator)
    gone_id, other_id = gone.pk, other.pk
    for item in AgendaItem.objects.select_related("meeting"):
        agendas.take_off(item=item, by=coordinator)
    listed = make_item(by=coordinator, case=gone.case)

    assert former_items(gone.case, among=[gone_id, other_id, listed.pk, uuid4()]) == {gone_id}
    assert former_items(gone.case, among=[]) == set()


@pytest.mark.usefixtures("scope")
def test_where_an_item_stood_last(coordinator):
    item, meeting = make_item(by=coordinator), make_meeting(by=coordinator)
    postpone(item=item, cause=PostponementCause.TIME, to=meeting, by=coordinator)
    moved = AgendaItem.objects.get(pk=item.pk)
    agendas.take_off(item=moved, by=coordinator)

    assert last_meeting(item.pk) == meeting.pk != item.meeting_id
    assert last_meeting(uuid4()) is None
