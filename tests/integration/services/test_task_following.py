"""The tasks that follow from a signed decision."""

import datetime
from dataclasses import replace

import pytest
from django.utils import timezone

from cases.models import AgendaItem
from cases.models.conclusion import Recommended
from cases.models.task import TaskState
from cases.services import board_members, tasks
from tests.factories.boards import EVERY_KIND, make_board
from tests.factories.people import add_member
from tests.factories.tasks import AGAIN, CT, PET, REFERRAL, ago, amended, decided, tasks_of
from tumorboard.accounts.models import Membership
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_every_recommendation_becomes_a_task_in_words(chair):
    made = tasks_of(decided(*EVERY_KIND, by=chair))
    assert [(task.kind, task.code, task.text) for task in made] == [
        ("imaging", "PET_DOTATATE", "DOTATATE PET/CT"),
        ("treatment", "OPT-PRRT", "Evaluate for PRRT: after the receptor study"),
        ("referral", "", "Nuclear medicine"),
        ("rediscussion", "", "In three months"),
        ("other", "", "Tell the family doctor"),
    ]
    assert {task.state for task in made} == {TaskState.OPEN}
    assert AuditEntry.objects.filter(action="task.made", person=chair).count() == 5


def test_a_task_without_a_date_is_due_when_the_board_says(chair):
    board = make_board(by=chair)
    board.task_days = 10
    board.save()
    (task,) = tasks_of(decided(REFERRAL, by=chair, days_ago=4, board=board))
    assert task.due_on == ago(4) + datetime.timedelta(days=10)


def test_a_named_date_and_owner_are_kept(chair, coordinator):
    day = timezone.localdate() + datetime.timedelta(days=3)
    asked = Recommended("referral", text="Surgery", due_on=day, owner_id=coordinator.pk)
    (task,) = tasks_of(decided(asked, by=chair))
    assert (task.due_on, task.owner) == (day, coordinator)


def test_what_nobody_was_named_for_is_the_coordinators_else_the_chairs_else_the_signers(
    institution, chair, coordinator
):
    board = make_board(by=chair)
    (unled,) = tasks_of(decided(REFERRAL, by=coordinator, board=board))
    assert unled.owner == coordinator
    board_members.add(board=board, person=chair, duty="chair", by=chair)
    (led,) = tasks_of(decided(REFERRAL, by=coordinator, board=board))
    assert led.owner == chair
    gone = add_member(institution, "COORDINATOR", email="gone@north.example", name="Gone")
    for person in (gone, coordinator):
        board_members.add(board=board, person=person, duty="coordinator", by=chair)
    Membership.objects.filter(user=gone).delete()
    (coordinated,) = tasks_of(decided(REFERRAL, by=chair, board=board))
    assert coordinated.owner == coordinator


def test_alternatives_are_marked(chair):
    other = Recommended("imaging", "CT_AP_W", alternative_to=1)
    made = tasks_of(decided(PET, other, by=chair))
    assert [task.is_alternative for task in made] == [False, True]


def test_an_amendment_replaces_what_is_pending_and_carries_on_what_it_asks_for_again(
    chair, coordinator
):
    decision = decided(PET, CT, REFERRAL, by=chair)
    pet, _, referral = tasks_of(decision)
    due_on = timezone.localdate() + datetime.timedelta(days=50)
    tasks.order(task=pet, on=ago(3), by=chair)
    tasks.reassign(task=pet, owner=coordinator, due_on=due_on, by=chair)
    tasks.complete(task=referral, on=ago(2), by=chair)
    second = amended(decision, [PET, REFERRAL, AGAIN], by=chair)
    pet_2, referral_2, again = tasks_of(second)
    assert (pet_2.state, pet_2.ordered_on, pet_2.owner) == ("ordered", ago(3), coordinator)
    assert pet_2.due_on == due_on
    assert (referral_2.state, referral_2.done_on) == ("done", ago(2))
    assert again.state == "open"
    assert [task.state for task in tasks_of(decision)] == ["replaced"] * 3


def test_words_that_were_changed_are_asked_for_anew(chair):
    decision = decided(REFERRAL, by=chair)
    (referral,) = tasks_of(decision)
    tasks.complete(task=referral, on=ago(2), by=chair)
    (task,) = tasks_of(amended(decision, [Recommended("referral", text="Surgery")], by=chair))
    assert task.state == "open"
    referral.refresh_from_db()
    assert referral.state == "done"


def test_what_an_amendment_names_anew_is_not_carried_over(chair, coordinator):
    decision = decided(REFERRAL, by=chair)
    day = timezone.localdate() + datetime.timedelta(days=9)
    asked = replace(REFERRAL, due_on=day, owner_id=coordinator.pk)
    (task,) = tasks_of(amended(decision, [asked], by=chair))
    assert (task.due_on, task.owner) == (day, coordinator)


def test_a_replaced_alternative_is_replaced_in_the_next_version_too(chair):
    other = Recommended("imaging", "CT_AP_W", alternative_to=1)
    decision = decided(PET, other, by=chair)
    tasks.complete(task=tasks_of(decision)[0], on=ago(1), by=chair)
    again = tasks_of(amended(decision, [PET, other], by=chair))
    assert [task.state for task in again] == ["done", "replaced"]
    both = tasks_of(amended(again[0].decision, [PET, CT], by=chair))
    assert [task.state for task in both] == ["done", "open"]


def test_deciding_again_closes_what_asked_for_it(chair):
    first = decided(AGAIN, REFERRAL, by=chair)
    case = AgendaItem.objects.get(pk=first.agenda_item_id).case
    decided(PET, by=chair, case=case, days_ago=5)
    again, referral = tasks_of(first)
    assert (again.state, again.done_on) == ("done", ago(5))
    assert referral.state == "open"


def test_long_words_fit(chair):
    asked = Recommended("treatment", "OPT-PRRT", "x" * 500)
    (task,) = tasks_of(decided(asked, by=chair))
    assert len(task.text) == 500
    assert task.text.endswith("…")
