"""Agendas: putting on, ordering, taking off."""

import datetime
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import AgendaItem, DecisionDraft, DraftRecommendation, Meeting
from cases.selectors import agendas as selectors
from cases.services import agendas, boards
from cases.services.errors import Invalid, Refused
from cases.services.facts import answer
from tests.factories.boards import draft, make_asking_case, make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.audit.models import AuditEntry
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
        boards.cancel_meeting(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="canceled"):
            agendas.put_on(meeting=stale, case=case, by=coordinator)


class TestTakeOff:
    pytestmark = in_scope

    def test_those_behind_move_up_and_the_draft_goes(self, coordinator):
        meeting = make_meeting(by=coordinator)
        first, gone, last = (make_item(by=coordinator, meeting=meeting) for _ in range(3))
        draft(gone, by=coordinator)

        agendas.take_off(item=gone, by=coordinator)

        assert order(meeting) == [first.pk, last.pk]
        assert not DecisionDraft.objects.exists()
        assert not DraftRecommendation.objects.exists()

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


class TestQueue:
    pytestmark = in_scope

    def test_holds_what_asks_and_is_on_no_list(self, coordinator):
        asking = make_asking_case(by=coordinator)
        make_case(by=coordinator)

        assert list(selectors.queue()) == [asking]

    def test_yes_comes_before_consider_then_who_waits_longest(self, coordinator):
        consider = make_case(by=coordinator, **_named())
        first = make_asking_case(by=coordinator)
        second = make_asking_case(by=coordinator)
        answer(case=first, answers={"primary_size_mm": 20}, by=coordinator)

        assert consider.board_level == "consider"
        assert list(selectors.queue()) == [first, second, consider]

    def test_waits_since_it_first_asked(self, coordinator):
        case = make_asking_case(by=coordinator)
        first = case.assessments.filter(board_level="yes").earliest("made_at").made_at
        answer(case=case, answers={"primary_size_mm": 20}, by=coordinator)

        assert selectors.queue().get().waiting_since == first

    def test_waits_anew_after_a_decision_that_something_new_follows(self, coordinator, chair):
        item = make_item(by=coordinator)
        decision = sign(item, by=chair)
        assert not selectors.queue().exists()

        answer(case=item.case, answers={"primary_size_mm": 20}, by=coordinator)

        assert selectors.queue().get().waiting_since > decision.signed_at

    def test_leaves_when_put_on_and_comes_back_when_taken_off(self, coordinator):
        item = make_item(by=coordinator)
        assert not selectors.queue().exists()

        agendas.take_off(item=item, by=coordinator)

        assert selectors.queue().get() == item.case

    def test_comes_back_when_the_meeting_passed_without_a_decision(self, coordinator):
        item = make_item(by=coordinator)
        assert not selectors.queue().exists()

        past = timezone.now() - datetime.timedelta(days=1)
        Meeting.objects.filter(pk=item.meeting_id).update(starts_at=past)

        assert selectors.queue().get() == item.case


def _named():
    """Facts of a situation that the sources name and do not rate."""
    from tests.factories.cases import FEASIBLE

    return {**FEASIBLE, "clinical_question": "hereditary_screening"}


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
