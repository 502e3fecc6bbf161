"""What became of the board's recommendations, as people say it."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Candidacy
from cases.models.conclusion import Recommended
from cases.services import tasks
from cases.services.errors import Changed, Invalid, Refused
from tests.factories.people import add_member
from tests.factories.tasks import CT, PET, REFERRAL, ago, amended, decided, tasks_of
from tumorboard.accounts.models import Membership
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def task(chair):
    return tasks_of(decided(REFERRAL, by=chair))[0]


def test_from_ordered_to_result(task, chair):
    task = tasks.order(task=task, on=ago(9), by=chair)
    assert (task.state, task.ordered_on, task.closed_at) == ("ordered", ago(9), None)
    task = tasks.complete(task=task, on=ago(5), by=chair)
    assert (task.state, task.done_on) == ("done", ago(5))
    assert task.closed_at
    task = tasks.result(task=task, on=ago(2), by=chair)
    assert (task.state, task.done_on, task.resulted_on) == ("resulted", ago(5), ago(2))
    said = AuditEntry.objects.filter(subject_id=task.pk, person=chair).values_list(
        "action", flat=True
    )
    assert set(said) == {"task.made", "task.ordered", "task.done", "task.resulted"}


def test_a_result_says_that_it_was_done(task, chair):
    task = tasks.result(task=task, on=ago(2), by=chair)
    assert (task.state, task.done_on, task.resulted_on) == ("resulted", ago(2), ago(2))


@pytest.mark.parametrize("write", [tasks.order, tasks.complete, tasks.result])
def test_impossible_days_are_refused_at_the_field(write, task, chair):
    for day, reason in (
        (ago(-1), "The date lies in the future."),
        (ago(31), "The date lies before the decision."),
    ):
        with pytest.raises(Invalid) as refused:
            write(task=task, on=day, by=chair)
        assert refused.value.errors == {"on": [reason]}


def test_what_comes_later_does_not_lie_earlier(task, chair):
    task = tasks.order(task=task, on=ago(5), by=chair)
    with pytest.raises(Invalid, match="before the day on which it was ordered"):
        tasks.complete(task=task, on=ago(6), by=chair)
    with pytest.raises(Invalid, match="before the day on which it was ordered"):
        tasks.result(task=task, on=ago(6), by=chair)
    task = tasks.complete(task=task, on=ago(4), by=chair)
    with pytest.raises(Invalid, match="before the day on which it was done"):
        tasks.result(task=task, on=ago(5), by=chair)


def test_nothing_is_ordered_twice(task, chair):
    task = tasks.order(task=task, on=ago(5), by=chair)
    with pytest.raises(Refused, match="ordered already"):
        tasks.order(task=task, on=ago(4), by=chair)


def test_not_done_has_a_reason(task, chair):
    for given, field in (
        ({"reason": ""}, "reason"),
        ({"reason": "laziness"}, "reason"),
        ({"reason": "other", "text": "  "}, "text"),
        ({"reason": "other", "text": "\u200b\u2060"}, "text"),
        ({"reason": "lost", "text": "x" * 501}, "text"),
    ):
        with pytest.raises(Invalid) as refused:
            tasks.drop(task=task, by=chair, **given)
        assert list(refused.value.errors) == [field]
    task = tasks.drop(task=task, reason="other", text=" Moved away ", by=chair)
    assert (task.state, task.not_done_reason, task.not_done_text) == (
        "not_done",
        "other",
        "Moved away",
    )


def test_a_closed_task_is_left_alone_until_it_is_reopened(task, chair, coordinator):
    task = tasks.drop(task=task, reason="died", by=chair)
    writes = (
        lambda: tasks.order(task=task, on=ago(1), by=chair),
        lambda: tasks.complete(task=task, on=ago(1), by=chair),
        lambda: tasks.result(task=task, on=ago(1), by=chair),
        lambda: tasks.drop(task=task, reason="lost", by=chair),
        lambda: tasks.reassign(task=task, owner=coordinator, due_on=ago(1), by=chair),
    )
    for write in writes:
        with pytest.raises(Refused, match="This task is closed: not done"):
            write()
    task = tasks.reopen(task=task, by=chair)
    assert (task.state, task.not_done_reason, task.closed_at) == ("open", "", None)
    with pytest.raises(Refused, match="This task is open"):
        tasks.reopen(task=task, by=chair)


def test_what_was_ordered_is_ordered_again_when_reopened(task, chair):
    task = tasks.order(task=task, on=ago(5), by=chair)
    task = tasks.complete(task=task, on=ago(4), by=chair)
    task = tasks.reopen(task=task, by=chair)
    assert (task.state, task.ordered_on, task.done_on) == ("ordered", ago(5), None)


def test_who_saw_an_older_version_is_told(task, chair):
    tasks.order(task=task, on=ago(5), by=chair, if_match=1)
    for write in (
        lambda: tasks.complete(task=task, on=ago(4), by=chair, if_match=1),
        lambda: tasks.drop(task=task, reason="lost", by=chair, if_match=1),
    ):
        with pytest.raises(Changed):
            write()


def test_a_task_is_given_to_somebody_else(task, chair, coordinator):
    day = timezone.localdate() + datetime.timedelta(days=40)
    task.escalation, task.reminded_at = 2, timezone.now()
    task.save()
    task = tasks.reassign(task=task, owner=coordinator, due_on=day, by=chair)
    assert (task.owner_id, task.due_on) == (coordinator.pk, day)
    assert (task.escalation, task.reminded_at) == (0, None)


def test_with_the_same_day_nobody_is_reminded_again(task, chair, coordinator):
    task.escalation = 1
    task.save()
    task = tasks.reassign(task=task, owner=coordinator, due_on=task.due_on, by=chair)
    assert task.escalation == 1


def test_a_task_goes_to_nobody_without_access_and_to_no_impossible_day(institution, task, chair):
    gone = add_member(institution, "CLINICIAN", email="gone@north.example", name="Gone")
    Membership.objects.filter(user=gone).delete()
    far = timezone.localdate() + datetime.timedelta(days=731)
    for day, fault in ((ago(31), "before the decision"), (far, "two years ahead")):
        with pytest.raises(Invalid, match=fault) as refused:
            tasks.reassign(task=task, owner=gone, due_on=day, by=chair)
        assert set(refused.value.errors) == {"owner", "due_on"}


def test_carrying_one_alternative_out_replaces_the_others(chair):
    asked = (
        PET,
        Recommended("imaging", "CT_AP_W", alternative_to=1),
        Recommended("imaging", "MRI_AP_WWO", alternative_to=1),
        REFERRAL,
    )
    decision = decided(*asked, by=chair)
    tasks.order(task=tasks_of(decision)[0], on=ago(4), by=chair)
    tasks.complete(task=tasks_of(decision)[1], on=ago(3), by=chair)
    made = tasks_of(decision)
    assert [task.state for task in made] == ["replaced", "done", "replaced", "open"]
    assert made[0].not_done_text == "Another alternative was carried out."
    with pytest.raises(Refused, match="Reopen that one first"):
        tasks.complete(task=made[0], on=ago(1), by=chair)
    with pytest.raises(Refused, match="Reopen that one first"):
        tasks.reopen(task=made[0], by=chair)
    tasks.reopen(task=made[1], by=chair)
    made = tasks_of(decision)
    assert [task.state for task in made] == ["ordered", "open", "open", "open"]
    assert made[0].not_done_text == ""


def test_not_doing_one_alternative_leaves_the_others(chair):
    decision = decided(PET, Recommended("imaging", "CT_AP_W", alternative_to=1), by=chair)
    tasks.drop(task=tasks_of(decision)[0], reason="availability", by=chair)
    assert [task.state for task in tasks_of(decision)] == ["not_done", "open"]


def test_what_an_amendment_replaced_stays_closed(chair):
    decision = decided(PET, CT, by=chair)
    pet, ct = tasks_of(decision)
    tasks.complete(task=ct, on=ago(1), by=chair)
    amended(decision, [REFERRAL], by=chair)
    for write in (
        lambda: tasks.complete(task=pet, on=ago(1), by=chair),
        lambda: tasks.reopen(task=pet, by=chair),
    ):
        with pytest.raises(Refused, match="The decision was amended"):
            write()
    with pytest.raises(Refused, match="belongs to what it said before"):
        tasks.reopen(task=ct, by=chair)


def test_a_task_that_is_closed_no_longer_asks_for_the_board(chair):
    (task,) = tasks_of(decided(REFERRAL, by=chair))
    overdue = Candidacy.objects.filter(case=task.case, reason="overdue")
    assert overdue.exists()
    tasks.drop(task=task, reason="lost", by=chair)
    assert not overdue.exists()
