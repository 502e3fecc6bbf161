"""Whatever people do in whatever order, a task says what is so; and two at once."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Study, Task
from cases.models.task import PENDING, NotDone, TaskState, Unlinked
from cases.services import task_links, tasks
from cases.services.errors import ServiceError
from tests.factories.cases import make_study
from tests.factories.people import add_member, make_institution
from tests.factories.tasks import CT, PET, ago, decided, tasks_of
from tests.integration.services.writers import write_at_once
from tumorboard.tenancy.scope import institution_scope

DAYS = st.integers(min_value=-2, max_value=40).map(ago)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["order", "complete", "result"]), DAYS),
    st.tuples(st.just("drop"), st.sampled_from(["", "nonsense", *NotDone.values])),
    st.tuples(st.sampled_from(["reopen", "link"]), st.none()),
    st.tuples(st.just("unlink"), st.sampled_from(["", "nonsense", *Unlinked.values])),
)


class _Undone(Exception):
    """Takes back what one example wrote."""


def step(name, given_, *, task, by):
    if name == "reopen":
        return tasks.reopen(task=task, by=by)
    if name == "link":
        return task_links.link(task=task, study=Study.objects.latest("performed_on"), by=by)
    if name == "unlink":
        return task_links.unlink(task=task, reason=given_, text="In words", by=by)
    if name == "drop":
        return tasks.drop(task=task, reason=given_, text="In words", by=by)
    return getattr(tasks, name)(task=task, on=given_, by=by)


def check(task, *, decided_on):
    """What holds of every task at any time."""
    days = [d for d in (task.ordered_on, task.done_on, task.resulted_on) if d]
    assert days == sorted(days)
    assert all(decided_on <= day <= timezone.localdate() for day in days)
    assert (task.closed_at is None) == (task.state in PENDING)
    assert bool(task.not_done_reason) == (task.state == TaskState.NOT_DONE)
    assert bool(task.done_on) == (task.state in (TaskState.DONE, TaskState.RESULTED))
    assert bool(task.resulted_on) == (task.state == TaskState.RESULTED)
    if task.state == TaskState.ORDERED:
        assert task.ordered_on


@pytest.mark.django_db
@pytest.mark.usefixtures("scope")
def test_no_order_of_steps_leaves_a_task_contradicting_itself(chair):
    (first,) = tasks_of(decided(PET, by=chair))
    make_study(case=first.case, by=chair, modality="CT", performed_on=ago(0), outcome="negative")

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEPS, max_size=6))
    def run(steps):
        try:
            with transaction.atomic():
                task = Task.objects.get(pk=first.pk)
                for name, argument in steps:
                    before = Task.objects.get(pk=first.pk)
                    try:
                        task = step(name, argument, task=task, by=chair)
                    except ServiceError:
                        assert Task.objects.get(pk=first.pk).version == before.version
                    else:
                        assert task.version > before.version
                    check(Task.objects.get(pk=first.pk), decided_on=ago(30))
                raise _Undone
        except _Undone:
            pass

    run()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestAtOnce:
    """Two real writers, each on a connection of its own."""

    @pytest.fixture
    def north(self):
        return make_institution(slug="north", name="North Hospital")

    @pytest.fixture
    def person(self, north):
        return add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")

    @pytest.fixture
    def at_once(self, north):
        return partial(write_at_once, north)

    def test_of_two_who_close_one_task_one_is_told(self, north, person, at_once):
        with institution_scope(north):
            (task,) = tasks_of(decided(PET, by=person))
        ended = at_once(
            lambda: tasks.complete(task=task, on=ago(1), by=person, if_match=1),
            lambda: tasks.drop(task=task, reason="lost", by=person, if_match=1),
        )
        assert sorted(type(error).__name__ for error in ended) == ["Changed", "NoneType"]
        with institution_scope(north):
            check(Task.objects.get(pk=task.pk), decided_on=ago(30))

    def test_two_tasks_of_one_case_are_closed_at_once(self, north, person, at_once):
        with institution_scope(north):
            one, other = tasks_of(decided(PET, CT, by=person))
        ended = at_once(
            lambda: tasks.complete(task=one, on=ago(1), by=person),
            lambda: tasks.complete(task=other, on=ago(2), by=person),
        )
        assert ended == [None, None]
        with institution_scope(north):
            states = [Task.objects.get(pk=each.pk).state for each in (one, other)]
        assert states == ["done", "done"]
