"""A case goes back to the board by itself."""

import datetime

import pytest
from django.utils import timezone

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import AgendaItem, Case, Meeting
from cases.services import agendas, facts, results, tasks
from cases.services.relisting import ask_for_rediscussions
from cases.services.task_reminders import sweep
from tests.factories.boards import make_asking_case, make_board, make_meeting
from tests.factories.cases import make_study
from tests.factories.tasks import AGAIN, PET, ago, clock, decided, tasks_of
from tests.integration.outbox.delivery import deliver_all
from tumorboard.tenancy.scope import institution_scope

# Jobs run in scopes of their own, so nothing here holds one.
pytestmark = pytest.mark.django_db


@pytest.fixture
def board(institution, chair):
    with institution_scope(institution):
        return make_board(by=chair)


@pytest.fixture
def decision(institution, chair, board):
    with institution_scope(institution):
        return decided(PET, by=chair, board=board)


@pytest.fixture
def new_result(institution, chair, decision):
    """A result that asks the board again; nothing has been done about it yet."""

    def enter(outcome="positive"):
        with institution_scope(institution):
            study = make_study(
                case=decision.case,
                by=chair,
                modality="PET_SSTR",
                procedure="PET_DOTATATE",
                performed_on=ago(10),
            )
            return results.enter(study=study, outcome=outcome, by=chair)

    return enter


def listed(institution, decision):
    """Where the case stands besides the item that was decided."""
    with institution_scope(institution):
        items = AgendaItem.objects.filter(case=decision.case).exclude(pk=decision.agenda_item_id)
        return list(items.select_related("meeting", "listed_by"))


def plan(institution, board, chair, *, in_days=7, **fields):
    with institution_scope(institution):
        meeting = make_meeting(by=chair, board=board, in_days=in_days)
        Meeting.objects.filter(pk=meeting.pk).update(**fields)
        return meeting


def test_a_result_lists_the_case_on_the_next_open_meeting(
    institution, chair, coordinator, board, decision, new_result
):
    soon = timezone.now() + datetime.timedelta(days=1)
    plan(institution, board, chair, in_days=2, cutoff_at=timezone.now())
    plan(institution, board, chair, in_days=4, cancelled_at=timezone.now())
    meeting = plan(institution, board, chair, in_days=5, cutoff_at=soon)
    plan(institution, board, chair, in_days=9)
    new_result()
    deliver_all(most=60)
    (item,) = listed(institution, decision)
    assert (item.meeting, item.listed_because, item.is_automatic) == (meeting, "result", True)
    assert item.listed_by == chair


def test_it_is_listed_once_and_stays_off_when_a_person_takes_it_off(
    institution, chair, board, decision, new_result
):
    plan(institution, board, chair)
    new_result()
    deliver_all(most=60)
    (item,) = listed(institution, decision)
    with institution_scope(institution):
        agendas.take_off(item=item, by=chair)
        facts.answer(case=decision.case, answers={"age_years": 59}, by=chair)
    deliver_all(most=60)
    assert listed(institution, decision) == []


def test_without_an_open_meeting_it_stays_among_the_candidates_until_there_is_one(
    institution, chair, board, decision, new_result
):
    other = make_other_board(institution, chair)
    plan(institution, other, chair)
    new_result()
    deliver_all(most=60)
    assert listed(institution, decision) == []
    plan(institution, board, chair)
    with institution_scope(institution):
        facts.answer(case=decision.case, answers={"age_years": 59}, by=chair)
    deliver_all(most=60)
    assert len(listed(institution, decision)) == 1


def make_other_board(institution, chair):
    with institution_scope(institution):
        return make_board(by=chair)


def test_what_stands_on_a_list_already_stays_there(institution, chair, board, decision, new_result):
    plan(institution, board, chair)
    other = plan(institution, make_other_board(institution, chair), chair)
    with institution_scope(institution):
        agendas.put_on(meeting=other, case=decision.case, by=chair)
    new_result()
    deliver_all(most=60)
    (item,) = listed(institution, decision)
    assert item.meeting == other


def test_nothing_is_listed_for_a_case_that_no_longer_asks(
    institution, chair, board, decision, new_result
):
    plan(institution, board, chair)
    new_result()
    with institution_scope(institution):
        Case.objects.filter(pk=decision.case_id).update(board_level="consider")
    deliver_all(most=60)
    assert listed(institution, decision) == []


def test_a_case_without_a_decision_waits_for_a_person(institution, chair, board):
    plan(institution, board, chair)
    with institution_scope(institution):
        case = make_asking_case(by=chair)
    deliver_all(most=60)
    with institution_scope(institution):
        assert not AgendaItem.objects.filter(case=case).exists()


def test_a_meeting_that_refuses_it_leaves_it_among_the_candidates(
    institution, chair, board, decision, new_result, monkeypatch
):
    meeting = plan(institution, board, chair)
    new_result()
    monkeypatch.setattr("cases.services.relisting.next_open", lambda _: meeting)
    with institution_scope(institution):
        Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())
    deliver_all(most=60)
    assert listed(institution, decision) == []


@pytest.fixture
def rediscussion(institution, chair, board):
    """A decision that asks to discuss the case again, due in 10 days."""
    with institution_scope(institution):
        decision = decided(AGAIN, by=chair, board=board)
        (task,) = tasks_of(decision)
        due_on = timezone.localdate() + datetime.timedelta(days=10)
        tasks.reassign(task=task, owner=chair, due_on=due_on, by=chair)
    return decision


def test_what_is_to_be_discussed_again_is_listed_when_the_day_comes(
    institution, chair, board, rediscussion
):
    plan(institution, board, chair, in_days=5)
    sweep()
    deliver_all(most=60)
    assert listed(institution, rediscussion) == []
    with clock(days_ago=-6):
        plan(institution, board, chair, in_days=6)
        sweep()
        sweep()
        deliver_all(most=60)
        (item,) = listed(institution, rediscussion)
        assert (item.listed_because, item.is_automatic) == ("rediscussion", True)
        with institution_scope(institution):
            agendas.take_off(item=item, by=chair)
        sweep()
        deliver_all(most=60)
        assert listed(institution, rediscussion) == []


def test_each_board_lists_what_is_due_by_its_own_next_meeting(
    institution, chair, board, rediscussion
):
    plan(institution, board, chair, in_days=5)
    plan(institution, make_other_board(institution, chair), chair, in_days=20)
    sweep()
    deliver_all(most=60)
    assert listed(institution, rediscussion) == []


def test_what_was_done_meanwhile_is_not_listed(institution, chair, board, rediscussion):
    plan(institution, board, chair, in_days=12)
    with institution_scope(institution):
        ask_for_rediscussions()
        (task,) = tasks_of(rediscussion)
        tasks.drop(task=task, reason="died", by=chair)
    deliver_all(most=60)
    assert listed(institution, rediscussion) == []


def test_without_meetings_nothing_is_asked_for(institution, rediscussion):
    sweep()
    deliver_all(most=60)
    assert listed(institution, rediscussion) == []
