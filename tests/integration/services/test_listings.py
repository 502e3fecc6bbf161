"""Putting several cases on a list at once."""

import pytest

from cases.models import AgendaItem, Case
from cases.models.agenda_item import ListingReason, Track
from cases.services.listings import NO_STANDARD, put_on_several
from tests.factories.boards import make_asking_case, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.standards import make_settled_case, make_standard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_in_order_each_with_its_heaviest_reason(coordinator):
    meeting = make_meeting(by=coordinator)
    cases = [make_asking_case(by=coordinator), make_case(by=coordinator)]

    done = put_on_several(meeting=meeting, cases=cases, by=coordinator)

    assert (done.count, done.refusals) == (2, {})
    items = AgendaItem.objects.order_by("position")
    assert [item.case_id for item in items] == [case.pk for case in cases]
    reasons = [item.listed_because for item in items]
    assert reasons == [ListingReason.RESULT, ListingReason.PERSON]


def test_one_that_is_refused_keeps_no_other_out(coordinator):
    listed = make_item(by=coordinator)
    free = make_asking_case(by=coordinator)

    done = put_on_several(
        meeting=make_meeting(by=coordinator), cases=[listed.case, free], by=coordinator
    )

    assert done.count == 1
    ((reason, count),) = done.refusals.items()
    assert "stands on the list of" in reason
    assert count == 1


def test_by_protocol_only_what_a_standard_settles(coordinator):
    standard = make_standard(by=coordinator)
    settled, gone = make_settled_case(by=coordinator), make_settled_case(by=coordinator)
    Case.objects.filter(pk=gone.pk).update(board_question="")
    other = make_asking_case(by=coordinator)
    meeting = make_meeting(by=coordinator, board=standard.board)
    cases = list(Case.objects.filter(pk__in=[settled.pk, gone.pk, other.pk]).order_by("pk"))

    done = put_on_several(meeting=meeting, cases=cases, by_protocol=True, by=coordinator)

    item = AgendaItem.objects.get()
    assert (item.case_id, item.track, item.standard) == (settled.pk, Track.PROTOCOL, standard)
    assert done.count == 1
    assert done.refusals[NO_STANDARD] == 1
    assert any("minimum data set" in reason for reason in done.refusals)
