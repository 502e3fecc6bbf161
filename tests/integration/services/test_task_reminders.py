"""Mail about tasks: when, to whom, how often, and what stands in it."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Board, Task
from cases.services import board_members, task_reminders
from cases.services.task_reminders import sweep
from tests.factories.boards import make_board
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.factories.tasks import PET, REFERRAL, ago, decided, tasks_of
from tumorboard.accounts.models import Membership
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LINK = "http://localhost:8000/i/north/tasks/"


@pytest.fixture
def clinician(institution):
    return add_member(institution, "CLINICIAN", email="clio@north.example", name="Clio Clinician")


@pytest.fixture
def board(institution, chair, coordinator):
    with institution_scope(institution):
        board = make_board(by=chair)
        board_members.add(board=board, person=coordinator, duty="coordinator", by=chair)
        board_members.add(board=board, person=chair, duty="chair", by=chair)
        return board


@pytest.fixture
def due(institution, chair, clinician, board):
    """Makes a task of the clinician that is due so many days from now."""

    def make(days, *, asked=REFERRAL, **fields):
        with institution_scope(institution):
            (task,) = tasks_of(decided(asked, by=chair, board=board))
            given = {"owner": clinician, "due_on": ago(-days), **fields}
            Task.objects.filter(pk=task.pk).update(**given)
            OutboxMessage.objects.filter(topic="mail").delete()
            return task

    return make


@pytest.fixture
def at(monkeypatch):
    """Sets the clock, in days from now."""
    begin = timezone.now()

    def set_clock(days):
        now = begin + datetime.timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_clock


def sent(institution):
    """Who was written to in this sweep, with the body."""
    sweep()
    with institution_scope(institution):
        waiting = OutboxMessage.objects.filter(topic="mail", state="waiting")
        found = {row.payload["to"]: row.payload["body"] for row in waiting}
        assert len(found) == waiting.count(), "two mails to one person"
        waiting.delete()
    return found


def escalation(institution, task):
    with institution_scope(institution):
        return Task.objects.get(pk=task.pk).escalation


def test_an_owner_is_told_three_days_before_when_overdue_and_then_the_leaders(
    institution, due, at, chair, coordinator, clinician
):
    task = due(4)
    assert sent(institution) == {}
    at(1)
    assert sent(institution) == {
        clinician.email: f"1 of your tasks is due within 3 days.\n\n{LINK}\n"
    }
    at(2)
    assert sent(institution) == {}
    at(4)
    assert sent(institution) == {}
    at(5)
    assert sent(institution) == {clinician.email: f"1 of your tasks is overdue.\n\n{LINK}\n"}
    assert escalation(institution, task) == 1
    at(11)
    assert sent(institution) == {}
    at(12)
    late = f"1 of the tasks of boards that you lead is overdue by more than 7 days.\n\n{LINK}\n"
    assert sent(institution) == {chair.email: late, coordinator.email: late}
    assert escalation(institution, task) == 2
    at(30)
    assert sent(institution) == {}


def test_a_person_gets_one_mail_a_day_with_counts(institution, due, at, clinician):
    due(-1)
    due(-2)
    due(2)
    body = sent(institution)[clinician.email]
    assert body.startswith("2 of your tasks are overdue.\n1 of your tasks is due within 3 days.")
    later = due(-1)
    assert sent(institution) == {}
    assert escalation(institution, later) == 0
    at(1)
    assert list(sent(institution)) == [clinician.email]
    assert escalation(institution, later) == 1


def test_after_a_long_silence_all_are_told_at_once(institution, due, chair, coordinator, clinician):
    task = due(-20)
    assert set(sent(institution)) == {clinician.email, chair.email, coordinator.email}
    assert escalation(institution, task) == 2


def test_what_is_closed_is_not_spoken_of(institution, due):
    due(-20, state="done")
    assert sent(institution) == {}


def test_for_an_owner_who_has_left_the_coordinator_is_told(
    institution, due, at, coordinator, clinician
):
    due(-1)
    with institution_scope(institution):
        Membership.objects.filter(user=clinician).delete()
    assert sent(institution) == {
        coordinator.email: f"Tasks of people who have left need another owner.\n\n{LINK}\n"
    }


def test_nobody_can_be_told_on_a_board_without_leaders_until_it_has_one(
    institution, due, at, chair, coordinator, clinician
):
    task = due(-9)
    with institution_scope(institution):
        for member in task.decision.agenda_item.meeting.board.members.all():
            board_members.remove(member=member, by=chair)
        Membership.objects.filter(user=clinician).delete()
        OutboxMessage.objects.filter(topic="mail").delete()
    assert sent(institution) == {}
    assert escalation(institution, task) == 0


def test_the_owner_is_told_even_where_nobody_leads(institution, due, chair, clinician):
    task = due(-9)
    with institution_scope(institution):
        for member in task.decision.agenda_item.meeting.board.members.all():
            board_members.remove(member=member, by=chair)
        OutboxMessage.objects.filter(topic="mail").delete()
    assert list(sent(institution)) == [clinician.email]
    assert escalation(institution, task) == 1


def test_days_are_those_of_the_board(institution, due, board, monkeypatch, clinician):
    due(0)
    noon = timezone.now().replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    with institution_scope(institution):
        Task.objects.update(reminded_at=noon - datetime.timedelta(days=3))
        Board.objects.filter(pk=board.pk).update(time_zone="Pacific/Kiritimati")
    # It is tomorrow already at UTC+14.
    assert list(sent(institution)) == [clinician.email]


def test_a_sweep_that_dies_sends_nothing_twice(institution, due, clinician, monkeypatch):
    due(-1)
    with monkeypatch.context() as broken:
        broken.setattr(task_reminders, "record", _dies)
        sweep()
    assert list(sent(institution)) == [clinician.email]
    assert sent(institution) == {}


def _dies(**_):
    raise RuntimeError


def test_mails_hold_nothing_of_a_patient_or_a_recommendation(
    institution, due, chair, coordinator, clinician
):
    due(-20, asked=PET)
    sweep()
    with institution_scope(institution):
        mails = [row.payload for row in OutboxMessage.objects.filter(topic="mail")]
    assert {mail["to"] for mail in mails} == {clinician.email, chair.email, coordinator.email}
    for mail in mails:
        said = f"{mail['subject']}\n{mail['body']}"
        for word in ("Rivera", "Ana", "R-0", "PET", "DOTATATE", "pNET"):
            assert word not in said
        assert mail["subject"] == "Tasks of the tumor board, North Hospital"
        assert LINK in mail["body"]


def test_each_institution_is_swept_by_itself(institution, other_institution, due, clinician):
    due(-1)
    stranger = add_member(other_institution, "BOARD_CHAIR", email="s@south.example", name="South")
    with institution_scope(other_institution):
        (task,) = tasks_of(decided(REFERRAL, by=stranger))
        Task.objects.filter(pk=task.pk).update(due_on=ago(1))
        OutboxMessage.objects.filter(topic="mail").delete()
    assert list(sent(institution)) == [clinician.email]
    with institution_scope(other_institution):
        (row,) = OutboxMessage.objects.filter(topic="mail")
        assert row.payload["to"] == stranger.email
        assert "/i/south/tasks/" in row.payload["body"]


def test_of_a_restricted_record_nobody_hears_who_is_not_on_its_list(
    institution, due, at, chair, coordinator, clinician
):
    """ASVS v5.0.0-8.2.2: what is counted for a person is what the person may see."""
    hidden = due(-20)
    due(-1)
    with institution_scope(institution):
        restricted(hidden.case, chair, by=coordinator)
    mails = sent(institution)
    # The owner and the coordinator hear of the other task alone; the chair is on the list.
    assert mails.pop(clinician.email) == f"1 of your tasks is overdue.\n\n{LINK}\n"
    late = "1 of the tasks of boards that you lead is overdue by more than 7 days."
    unseen = "Tasks of restricted records need an owner who is on their list."
    assert mails == {chair.email: f"{late}\n{unseen}\n\n{LINK}\n"}
    assert escalation(institution, hidden) == 2


def test_a_restricted_task_that_no_leader_sees_is_its_lists(
    institution, due, chair, coordinator, clinician
):
    hidden = due(-20)
    other = add_member(institution, "BOARD_CHAIR", email="bo@north.example", name="Bo Chair")
    with institution_scope(institution):
        restricted(hidden.case, clinician, other, by=coordinator)
    mails = sent(institution)
    assert mails[clinician.email].startswith("1 of your tasks is overdue.")
    unseen = "Tasks of restricted records need an owner who is on their list."
    assert mails[other.email] == f"{unseen}\n\n{LINK}\n"
    assert set(mails) == {clinician.email, other.email}
