"""Agendas: putting on, ordering, taking off."""

import datetime
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import (
    AgendaItem,
    DecisionDraft,
    Discussion,
    DraftRecommendation,
    Meeting,
    Opinion,
)
from cases.models.agenda_item import ListingReason
from cases.services import agendas, meetings
from cases.services.errors import Invalid, Refused
from cases.services.postponements import postpone
from tests.factories.boards import draft, make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.audit.models import AuditEntry
from tumorboard.formats import moment_in
from tumorboard.tenancy.scope import institution_scope

in_scope = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def order(meeting):
    """The cases on a list, in order, and that positions count from 1 without a gap."""
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    return [item.pk for item in items]


class TestPutOn:
    pytestmark = in_scope

    def test_goes_last_with_the_cases_question(self, coordinator):
        meeting = make_meeting(by=coordinator)
        case = make_case(by=coordinator)
        case.board_question = "Resect?"
        case.save()

        first = make_item(by=coordinator, meeting=meeting)
        last = agendas.put_on(meeting=meeting, case=case, question="  ", by=coordinator)

        assert order(meeting) == [first.pk, last.pk]
        assert last.question == "Resect?"
        assert last.listed_by == coordinator
        assert AuditEntry.objects.filter(action="agenda.case.put_on", subject_id=case.pk).exists()

    def test_its_own_question_comes_first(self, coordinator):
        assert make_item(by=coordinator, question=" PRRT? ").question == "PRRT?"

    def test_once_on_a_list(self, coordinator):
        item = make_item(by=coordinator)

        with pytest.raises(Refused, match="already"):
            make_item(by=coordinator, meeting=item.meeting, case=item.case)

    def test_a_question_has_an_end(self, coordinator):
        with pytest.raises(Invalid) as caught:
            make_item(by=coordinator, question="x" * 501)

        assert caught.value.errors == {"question": ["Use at most 500 characters."]}

    def test_a_question_is_storable(self, coordinator):
        with pytest.raises(Invalid) as caught:
            make_item(by=coordinator, question="a\x00b")

        assert "cannot be stored" in caught.value.errors["question"][0]

    def test_not_on_the_list_of_a_cancelled_meeting(self, coordinator):
        meeting = make_meeting(by=coordinator)
        case = make_case(by=coordinator)
        stale = type(meeting).objects.get(pk=meeting.pk)
        meetings.cancel(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="canceled"):
            agendas.put_on(meeting=stale, case=case, by=coordinator)

    @pytest.mark.parametrize(
        "columns",
        [
            {"ended_at": timezone.now()},
            {"starts_at": timezone.now() - datetime.timedelta(hours=13)},
        ],
        ids=["ended", "past"],
    )
    def test_not_on_the_list_of_a_meeting_that_is_over(self, coordinator, columns):
        meeting = make_meeting(by=coordinator)
        Meeting.objects.update(**columns)

        with pytest.raises(Refused, match="over"):
            agendas.put_on(meeting=meeting, case=make_case(by=coordinator), by=coordinator)

    def test_on_the_list_of_a_running_meeting(self, coordinator):
        meeting = make_meeting(by=coordinator)
        begun = timezone.now() - datetime.timedelta(minutes=30)
        Meeting.objects.update(starts_at=begun, began_at=begun)

        assert make_item(by=coordinator, meeting=meeting).position == 1

    def test_says_why_it_is_listed(self, coordinator):
        meeting, case = make_meeting(by=coordinator), make_case(by=coordinator)

        item = agendas.put_on(
            meeting=meeting,
            case=case,
            because=ListingReason.RESULT,
            is_automatic=True,
            by=coordinator,
        )
        by_hand = make_item(by=coordinator, meeting=meeting)

        assert (item.listed_because, item.is_automatic) == ("result", True)
        assert (by_hand.listed_because, by_hand.is_automatic) == ("person", False)


class TestTwoOpenMeetings:
    pytestmark = in_scope

    def test_are_refused_and_it_says_where_the_case_stands(self, coordinator):
        item = make_item(by=coordinator)
        other = make_meeting(by=coordinator)

        with pytest.raises(Refused) as caught:
            make_item(by=coordinator, meeting=other, case=item.case)

        board = item.meeting.board
        when = moment_in(item.meeting.starts_at, board.time_zone)
        assert f"{board.name}, {when}" in str(caught.value)
        assert "Take it off or postpone it" in str(caught.value)
        assert not AgendaItem.objects.filter(meeting=other).exists()

    @pytest.mark.parametrize(
        "columns",
        [
            {"ended_at": timezone.now()},
            {"starts_at": timezone.now() - datetime.timedelta(hours=13)},
            {"cancelled_at": timezone.now()},
        ],
        ids=["ended", "past", "canceled"],
    )
    def test_a_meeting_that_is_not_coming_is_none(self, coordinator, columns):
        item = make_item(by=coordinator)
        Meeting.objects.filter(pk=item.meeting_id).update(**columns)

        assert make_item(by=coordinator, case=item.case).position == 1

    def test_one_on_which_it_was_decided_is_none(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        assert make_item(by=coordinator, case=item.case).position == 1


class TestTakeOff:
    pytestmark = in_scope

    def test_those_behind_move_up_and_the_draft_goes(self, coordinator):
        meeting = make_meeting(by=coordinator)
        first, gone, last = (make_item(by=coordinator, meeting=meeting) for _ in range(3))
        draft(gone, by=coordinator)
        Opinion.objects.create(item=gone, person=coordinator, text="Resect it.")
        Discussion.objects.create(meeting=meeting, item=gone, shown_by=coordinator)

        agendas.take_off(item=gone, by=coordinator)

        assert order(meeting) == [first.pk, last.pk]
        for model in (DecisionDraft, DraftRecommendation, Opinion, Discussion):
            assert not model.objects.exists()

    def test_not_when_signed(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            agendas.take_off(item=item, by=coordinator)

        assert AgendaItem.objects.exists()

    def test_not_twice(self, coordinator):
        item = make_item(by=coordinator)
        stale = AgendaItem.objects.get(pk=item.pk)
        agendas.take_off(item=item, by=coordinator)

        with pytest.raises(Refused, match="taken off"):
            agendas.take_off(item=stale, by=coordinator)

    def test_not_once_it_was_moved_to_another_meeting(self, coordinator):
        item = make_item(by=coordinator)
        stale = AgendaItem.objects.select_related("meeting").get(pk=item.pk)
        postpone(item=item, cause="time", to=make_meeting(by=coordinator), by=coordinator)

        with pytest.raises(Refused, match="moved to another meeting"):
            agendas.take_off(item=stale, by=coordinator)
        with pytest.raises(Refused, match="moved to another meeting"):
            agendas.move(item=stale, up=True, by=coordinator)


class TestOrder:
    pytestmark = in_scope

    @pytest.fixture
    def meeting(self, coordinator):
        meeting = make_meeting(by=coordinator)
        for _ in range(3):
            make_item(by=coordinator, meeting=meeting)
        return meeting

    def test_is_arranged(self, coordinator, meeting):
        first, second, third = order(meeting)

        agendas.arrange(meeting=meeting, item_ids=[third, first, second], by=coordinator)

        assert order(meeting) == [third, first, second]
        assert AuditEntry.objects.filter(action="agenda.arranged").exists()

    @pytest.mark.parametrize("change", ["missing", "foreign", "double"])
    def test_is_not_arranged_by_a_stale_list(self, coordinator, meeting, change):
        before = order(meeting)
        ids = {
            "missing": before[:2],
            "foreign": [*before[:2], uuid.uuid4()],
            "double": [*before, before[0]],
        }[change]

        with pytest.raises(Invalid) as caught:
            agendas.arrange(meeting=meeting, item_ids=ids, by=coordinator)

        assert "has changed" in caught.value.errors["items"][0]
        assert order(meeting) == before

    def test_moves_by_one(self, coordinator, meeting):
        first, second, third = order(meeting)

        position = agendas.move(item=AgendaItem.objects.get(pk=third), up=True, by=coordinator)
        assert (position, order(meeting)) == (2, [first, third, second])

        position = agendas.move(item=AgendaItem.objects.get(pk=first), up=False, by=coordinator)
        assert (position, order(meeting)) == (2, [third, first, second])

    def test_ends_at_both_ends(self, coordinator, meeting):
        before = order(meeting)

        first = agendas.move(item=AgendaItem.objects.get(pk=before[0]), up=True, by=coordinator)
        last = agendas.move(item=AgendaItem.objects.get(pk=before[2]), up=False, by=coordinator)

        assert (first, last, order(meeting)) == (1, 3, before)

    def test_a_signed_case_keeps_its_place(self, coordinator, chair, meeting):
        first, second, third = order(meeting)
        sign(AgendaItem.objects.get(pk=second), by=chair)

        with pytest.raises(Refused, match="signed"):
            agendas.move(item=AgendaItem.objects.get(pk=second), up=True, by=coordinator)
        with pytest.raises(Refused, match="lose its place"):
            agendas.arrange(meeting=meeting, item_ids=[second, first, third], by=coordinator)
        assert order(meeting) == [first, second, third]

        position = agendas.move(item=AgendaItem.objects.get(pk=third), up=True, by=coordinator)
        assert (position, order(meeting)) == (1, [third, second, first])

        agendas.arrange(meeting=meeting, item_ids=[first, second, third], by=coordinator)
        assert order(meeting) == [first, second, third]


class TestAsk:
    pytestmark = in_scope

    def test_changes_the_question(self, coordinator):
        item = make_item(by=coordinator)

        agendas.ask(item=item, question=" Resect? ", by=coordinator)

        item.refresh_from_db()
        assert item.question == "Resect?"

    def test_has_an_end(self, coordinator):
        item = make_item(by=coordinator)

        with pytest.raises(Invalid) as caught:
            agendas.ask(item=item, question="x" * 501, by=coordinator)

        assert "500" in caught.value.errors["question"][0]

    def test_not_after_signing(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            agendas.ask(item=item, question="Other?", by=coordinator)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_who_put_on_at_once_get_two_places():
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    with institution_scope(institution):
        meeting = make_meeting(by=by)
        cases = [make_case(by=by) for _ in range(4)]
    barrier = threading.Barrier(len(cases))
    failures = []

    def put_on(case):
        try:
            barrier.wait(timeout=10)
            with institution_scope(institution):
                agendas.put_on(meeting=meeting, case=case, by=by)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=put_on, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert not failures
    with institution_scope(institution):
        assert len(order(meeting)) == len(cases)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_who_put_one_case_on_two_lists_at_once_get_one_place():
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    with institution_scope(institution):
        meetings_ = [make_meeting(by=by) for _ in range(2)]
        case = make_case(by=by)
    barrier = threading.Barrier(len(meetings_))
    refused = []

    def put_on(meeting):
        try:
            barrier.wait(timeout=10)
            with institution_scope(institution):
                agendas.put_on(meeting=meeting, case=case, by=by)
        except Refused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=put_on, args=[meeting]) for meeting in meetings_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(refused) == 1
    assert "stands on the list of" in refused[0]
    with institution_scope(institution):
        assert AgendaItem.objects.count() == 1
