"""Each thing that other systems may want to know of leaves one event, with the change itself."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.models import AgendaItem, Case, Event, Study, Task
from cases.models.event import SUBJECTS, EventKind
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen
from cases.services import (
    due_events,
    postponements,
    publications,
    results,
    studies,
    task_reminders,
    tasks,
)
from cases.services.agendas import put_on, take_off
from cases.services.errors import Refused
from tests.factories.boards import make_asking_case, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.restrictions import restricted
from tests.factories.tasks import AGAIN, CT, REFERRAL, ago, amended, clock, decided, tasks_of
from tests.integration.services.writers import write_at_once
from tumorboard.tenancy.scope import institution_scope, member_scope

pytestmark = pytest.mark.django_db


def told(**of) -> list[tuple[str, int]]:
    """Kind and number of the events, in order."""
    rows = Event.objects.filter(**of).order_by("occurred_at", "sequence")
    return list(rows.values_list("kind", "sequence"))


@pytest.fixture
def task(scope, chair):
    """A task of a decision that was signed a month ago, whose events are there already."""
    (task,) = tasks_of(decided(REFERRAL, by=chair))
    return task


def due_in(task, days):
    Task.objects.filter(pk=task.pk).update(due_on=ago(-days))
    task.refresh_from_db()


def of_task(task) -> list[str]:
    return [kind for kind, _ in told(subject_id=task.pk)]


def test_a_case_that_comes_onto_a_list(scope, coordinator):
    item = make_item(by=coordinator, case=make_case(by=coordinator))
    event = Event.objects.get()
    assert (event.kind, event.sequence) == ("case.listed", 1)
    assert (event.case_id, event.stream) == (item.case_id, item.case_id)
    assert (event.meeting_id, event.subject_id) == (item.meeting_id, item.pk)
    assert event.occurred_at <= timezone.now()


def test_a_case_that_moves_to_another_list(scope, coordinator):
    item = make_item(by=coordinator, case=make_case(by=coordinator))
    to = make_meeting(by=coordinator, board=item.meeting.board, in_days=9)
    postponements.postpone(item=item, cause="patient", to=to, by=coordinator)
    assert told() == [("case.listed", 1), ("case.listed", 2)]
    assert Event.objects.get(sequence=2).meeting_id == to.pk
    item.refresh_from_db()
    postponements.postpone(item=item, cause="patient", by=coordinator)
    assert len(told()) == 2


def test_an_event_stays_where_its_item_was_taken_off(scope, coordinator):
    item = make_item(by=coordinator, case=make_case(by=coordinator))
    take_off(item=item, by=coordinator)
    assert not AgendaItem.objects.exists()
    assert told() == [("case.listed", 1)]


def test_an_agenda_that_is_published(scope, coordinator):
    meeting = make_meeting(by=coordinator)
    make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    for _ in range(2):
        publications.publish(
            meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=coordinator
        )
    assert told(stream=meeting.pk) == [("agenda.published", 1), ("agenda.published", 2)]
    assert set(Event.objects.filter(stream=meeting.pk).values_list("case_id")) == {(None,)}
    published = list(Event.objects.filter(stream=meeting.pk).values_list("subject_id", flat=True))
    assert set(published) == set(meeting.publications.values_list("pk", flat=True))


def test_a_decision_that_is_signed_and_one_that_is_amended(scope, chair):
    decision = decided(REFERRAL, by=chair)
    again = amended(decision, [REFERRAL], by=chair)
    assert told(case=decision.case_id) == [
        ("case.listed", 1),
        ("decision.signed", 2),
        ("decision.amended", 3),
    ]
    assert Event.objects.get(sequence=2).subject_id == decision.pk
    assert Event.objects.get(sequence=3).subject_id == again.pk


def test_a_task_that_is_done_by_hand_is_done_once(task, chair):
    task = tasks.complete(task=task, on=timezone.localdate(), by=chair)
    tasks.result(task=task, on=timezone.localdate(), by=chair)
    assert of_task(task) == ["recommendation.done"]


def test_a_result_that_is_there_at_once_says_that_it_was_done(task, chair):
    tasks.result(task=task, on=timezone.localdate(), by=chair)
    assert of_task(task) == ["recommendation.done"]


def test_what_was_reopened_can_be_done_again(task, chair):
    for _ in range(2):
        task = tasks.complete(task=task, on=timezone.localdate(), by=chair)
        task = tasks.reopen(task=task, by=chair)
    assert of_task(task) == ["recommendation.done"] * 2


def test_what_will_not_be_done_is_not_done(task, chair):
    tasks.order(task=task, on=timezone.localdate(), by=chair)
    tasks.drop(task=task, reason="patient_wish", by=chair)
    assert of_task(task) == []


def test_a_task_that_the_record_carries_out(scope, chair):
    decision = decided(CT, by=chair)
    (task,) = tasks_of(decision)
    case = Case.objects.get(pk=decision.case_id)
    study = studies.add(
        case=case, modality="CT", procedure="CT_AP_W", performed_on=ago(2), by=chair
    )
    assert of_task(task) == ["recommendation.done"]
    results.enter(study=Study.objects.get(pk=study.pk), outcome="negative", by=chair)
    assert of_task(task) == ["recommendation.done"]


def test_a_case_that_is_discussed_again(scope, chair):
    decision = decided(AGAIN, by=chair)
    (task,) = tasks_of(decision)
    decided(REFERRAL, by=chair, days_ago=1, case=Case.objects.get(pk=decision.case_id))
    assert of_task(task) == ["recommendation.done"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (5, []),
        (4, []),
        (3, ["recommendation.due"]),
        (0, ["recommendation.due"]),
        (-1, ["recommendation.overdue"]),
    ],
)
def test_the_sweep_writes_what_is_due_and_overdue_once(task, institution, days, expected):
    due_in(task, days)
    for _ in range(2):
        due_events.note_due(institution)
    assert of_task(task) == expected


def test_due_and_then_overdue_and_again_with_another_day(task, chair, institution):
    due_in(task, 2)
    due_events.note_due(institution)
    due_in(task, 2)
    with clock(days_ago=-4):
        due_events.note_due(institution)
        due_events.note_due(institution)
    assert of_task(task) == ["recommendation.due", "recommendation.overdue"]
    tasks.reassign(task=task, owner=chair, due_on=ago(-3), by=chair)
    due_events.note_due(institution)
    assert of_task(task)[2:] == ["recommendation.due"]


def test_what_is_closed_is_neither_due_nor_overdue(task, chair, institution):
    due_in(task, -9)
    tasks.drop(task=task, reason="patient_wish", by=chair)
    due_events.note_due(institution)
    assert of_task(task) == []


def test_the_job_of_tasks_does_it_for_every_institution(institution, chair):
    with institution_scope(institution):
        (task,) = tasks_of(decided(REFERRAL, by=chair))
        due_in(task, -1)
    task_reminders.sweep()
    with institution_scope(institution):
        assert of_task(task) == ["recommendation.overdue"]


def test_what_is_undone_was_never_told(scope, coordinator):
    """ASVS v5.0.0-2.3.3: the event is written with the change, or not at all."""
    meeting, case = make_meeting(by=coordinator), make_case(by=coordinator)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put_on(meeting=meeting, case=case, by=coordinator)
        _ = 1 / 0
    put_on(meeting=meeting, case=case, by=coordinator)
    with pytest.raises(Refused):
        put_on(meeting=meeting, case=case, by=coordinator)
    assert told() == [("case.listed", 1)]


@pytest.mark.parametrize("write", ["update", "delete"])
def test_an_event_is_never_changed(scope, coordinator, write):
    """HIPAA 164.312(c)(1): what happened cannot be altered or destroyed."""
    make_item(by=coordinator, case=make_case(by=coordinator))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows = Event.objects.all()
        rows.update(sequence=9) if write == "update" else rows.delete()


def test_an_event_holds_nothing_of_a_patient(scope, coordinator):
    case = make_asking_case(by=coordinator, family_name="Quetzalcoatl")
    make_item(by=coordinator, case=case)
    names = {field.name for field in Event._meta.fields}
    assert names == {
        "id",
        "institution",
        "kind",
        "case",
        "meeting",
        "subject_id",
        "due_on",
        "stream",
        "sequence",
        "occurred_at",
    }


def test_events_of_a_restricted_case_are_hidden(institution, coordinator, chair):
    """ASVS v5.0.0-8.2.2: who is not on the list finds no event either."""
    with institution_scope(institution):
        item = make_item(by=coordinator, case=make_case(by=coordinator))
        restricted(item.case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        assert not Event.objects.exists()
    with member_scope(institution, chair.pk):
        assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_of_several_at_once_each_has_its_number(institution, chair):
    """ASVS v5.0.0-2.3.4: the lock of the case counts them one after another."""
    with institution_scope(institution):
        decision = decided(REFERRAL, CT, AGAIN, by=chair)
        asked = tasks_of(decision)
    today = timezone.localdate()

    def done(task):
        return lambda: tasks.complete(task=task, on=today, by=chair)

    assert write_at_once(institution, *map(done, asked)) == [None] * 3
    with institution_scope(institution):
        assert [number for _, number in told(case=decision.case_id)] == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_task_that_is_done_while_the_sweep_waits_is_not_overdue(institution, chair):
    """ASVS v5.0.0-2.3.4: the sweep looks again under the lock of the case."""
    with institution_scope(institution):
        (task,) = tasks_of(decided(REFERRAL, by=chair))
        due_in(task, -1)
    locked, go_on = threading.Event(), threading.Event()

    def finish():
        try:
            with institution_scope(institution):
                tasks.complete(task=task, on=timezone.localdate(), by=chair)
                locked.set()
                assert go_on.wait(30)
        finally:
            connection.close()

    def look():
        try:
            with institution_scope(institution):
                due_events.note_due(institution)
        finally:
            connection.close()

    first, second = threading.Thread(target=finish), threading.Thread(target=look)
    first.start()
    assert locked.wait(30)
    second.start()
    second.join(1)
    go_on.set()
    first.join(30)
    second.join(30)
    with institution_scope(institution):
        assert of_task(task) == ["recommendation.done"]


def test_every_kind_names_its_subject():
    assert set(SUBJECTS) == set(EventKind)


def test_a_decision_event_names_its_meeting(scope, chair):
    decision = decided(REFERRAL, by=chair)
    event = Event.objects.get(kind="decision.signed")
    assert event.meeting_id == decision.agenda_item.meeting_id
