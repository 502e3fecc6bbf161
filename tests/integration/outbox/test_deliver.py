"""A message is done once: after errors, lost signals, killed workers and two deliveries at once."""

import datetime
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from cases.models import Patient
from tumorboard.celery import app
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.outbox.queue import MOST_ATTEMPTS, deliver, enqueue, sweep
from tumorboard.tenancy.scope import ScopeError, current_institution, institution_scope

pytestmark = pytest.mark.django_db

SECRET = "Testperson, born 1950-01-01"


def add_patient(payload):
    Patient.objects.create(record_number=payload["number"], family_name="Testperson")


def fail(payload):
    raise ValueError(f"{SECRET}: {payload}")


def fail_after_writing(payload):
    add_patient(payload)
    fail(payload)


@pytest.fixture
def message(institution, handler, woken):
    """A waiting message whose handler adds a patient."""
    handler("test.add", add_patient)
    return send(institution, "test.add")


def send(institution, topic, number="N-1"):
    with institution_scope(institution):
        return enqueue(topic, {"number": number})


def state_of(message, institution):
    with institution_scope(institution):
        return OutboxMessage.objects.get(pk=message.pk).state


def numbers(institution):
    with institution_scope(institution):
        return sorted(patient.record_number for patient in Patient.objects.all())


def make_due(message, ago=datetime.timedelta(hours=1)):
    OutboxSignal.objects.filter(pk=message.pk).update(due_at=timezone.now() - ago)


def test_a_worker_is_woken_after_the_commit(
    institution, handler, woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        message = send(institution, "test.add")
        assert woken == []
    assert woken == [str(message.pk)]


def test_what_is_rolled_back_was_never_asked_for(institution, woken):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(institution, "test.add")
        _ = 1 / 0
    assert not OutboxSignal.objects.exists()
    with institution_scope(institution):
        assert not OutboxMessage.objects.exists()


def test_nothing_can_be_asked_for_outside_an_institution():
    with pytest.raises(ScopeError):
        enqueue("test.add", {})


def test_a_message_is_done_once_however_often_it_is_delivered(message, institution):
    for _ in range(3):
        deliver(str(message.pk))
    assert numbers(institution) == ["N-1"]
    assert state_of(message, institution) == "done"
    assert not OutboxSignal.objects.exists()


def test_a_handler_works_as_the_institution_that_asked(
    institution, other_institution, handler, woken
):
    seen = []
    handler("test.who", lambda payload: seen.append(current_institution()))
    for each in (other_institution, institution):
        deliver(str(send(each, "test.who").pk))
    assert seen == [other_institution, institution]


def test_a_failed_attempt_leaves_nothing_behind_and_comes_back_later(institution, handler, woken):
    """ASVS v5.0.0-2.3.3: a piece of work is done whole or not at all."""
    handler("test.fail", fail_after_writing)
    message = send(institution, "test.fail")
    deliver(str(message.pk))
    assert numbers(institution) == []
    assert state_of(message, institution) == "waiting"
    signal = OutboxSignal.objects.get(pk=message.pk)
    assert signal.attempts == 1
    assert signal.due_at > timezone.now()


def test_each_failure_waits_longer_than_the_one_before(institution, handler, woken):
    handler("test.fail", fail)
    message = send(institution, "test.fail")
    waits = []
    for _ in range(3):
        make_due(message)
        before = timezone.now()
        deliver(str(message.pk))
        waits.append(OutboxSignal.objects.get(pk=message.pk).due_at - before)
    assert waits[0] < waits[1] < waits[2]


def test_a_message_that_is_not_due_is_left_alone(message, institution):
    make_due(message, ago=-datetime.timedelta(minutes=1))
    deliver(str(message.pk))
    sweep()
    assert state_of(message, institution) == "waiting"
    assert OutboxSignal.objects.get(pk=message.pk).attempts == 0


@pytest.mark.parametrize(
    ("topic", "reason"), [("test.fail", "ValueError"), ("test.nobody", "UnknownTopic")]
)
def test_after_many_failures_it_is_failed_for_good_without_the_errors_text(
    institution, handler, woken, topic, reason
):
    handler("test.fail", fail)
    message = send(institution, topic)
    for attempt in range(MOST_ATTEMPTS):
        assert state_of(message, institution) == "waiting", attempt
        make_due(message)
        sweep()
    with institution_scope(institution):
        message.refresh_from_db()
    assert (message.state, message.failure) == ("failed", reason)
    assert not OutboxSignal.objects.exists()


def test_logs_name_the_error_and_its_place_but_quote_nobody(institution, handler, woken, caplog):
    """ASVS v5.0.0-16.2.5: neither payload nor error text is logged."""
    handler("test.fail", fail)
    message = send(institution, "test.fail", number="N-4711")
    deliver(str(message.pk))
    assert f"message {message.pk} failed: ValueError at " in caplog.text
    assert "test_deliver.py" in caplog.text
    assert SECRET not in caplog.text
    assert "N-4711" not in caplog.text


def test_what_the_broker_lost_the_sweep_does(message, institution):
    make_due(message)
    sweep()
    assert numbers(institution) == ["N-1"]


def test_a_fresh_message_is_left_to_the_broker(message, institution):
    sweep()
    assert state_of(message, institution) == "waiting"


def test_a_broker_that_is_down_holds_up_nobody(
    institution, handler, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    """ASVS v5.0.0-16.5.2: a broker that is down is waited for by nobody."""

    def refuse(*args, **kwargs):
        raise OperationalError("no broker")

    monkeypatch.setattr(queue.deliver, "apply_async", refuse)
    handler("test.add", add_patient)
    with django_capture_on_commit_callbacks(execute=True):
        message = send(institution, "test.add")
    assert f"broker did not take {message.pk}" in caplog.text
    make_due(message)
    sweep()
    assert numbers(institution) == ["N-1"]


def test_after_a_broker_did_not_answer_it_is_not_asked_again_for_a_while(
    institution, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []

    def refuse(args, **kwargs):
        asked.append(args[0])
        raise OperationalError("no broker")

    monkeypatch.setattr(queue.deliver, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        first = send(institution, "test.add")
        send(institution, "test.add")
    assert asked == [str(first.pk)]


def test_every_thread_finds_the_broker_of_the_settings():
    found = []
    thread = threading.Thread(target=lambda: found.append(queue.deliver.app))
    thread.start()
    thread.join()
    assert found == [app]


def test_one_bad_message_does_not_hold_up_the_sweep(
    institution, handler, woken, monkeypatch, caplog
):
    handler("test.add", add_patient)
    bad, good = (send(institution, "test.add", number=n) for n in ("N-1", "N-2"))
    make_due(bad, ago=datetime.timedelta(hours=2))
    make_due(good)
    real = queue._begin_attempt

    def begin(signal_id):
        if signal_id == str(bad.pk):
            raise ValueError(SECRET)
        return real(signal_id)

    monkeypatch.setattr(queue, "_begin_attempt", begin)
    sweep()
    assert numbers(institution) == ["N-2"]
    assert f"sweep passed over {bad.pk}: ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_a_killed_workers_message_comes_back_when_its_lease_has_ended(message, institution):
    queue._begin_attempt(str(message.pk))  # and then the worker was killed
    deliver(str(message.pk))
    assert state_of(message, institution) == "waiting"
    make_due(message)
    sweep()
    assert numbers(institution) == ["N-1"]


def test_a_message_that_kills_every_worker_is_given_up(message, institution):
    for _ in range(MOST_ATTEMPTS):
        make_due(message)
        queue._begin_attempt(str(message.pk))
    make_due(message)
    sweep()
    with institution_scope(institution):
        message.refresh_from_db()
    assert (message.state, message.failure) == ("failed", "WorkerLost")
    assert numbers(institution) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("lease_ended", [False, True])
def test_of_two_deliveries_at_once_one_does_the_work(institution, handler, woken, lease_ended):
    inside, go_on = threading.Event(), threading.Event()
    calls = []

    def slow(payload):
        calls.append(threading.current_thread().name)
        inside.set()
        assert go_on.wait(30)
        add_patient(payload)

    handler("test.slow", slow)
    message = send(institution, "test.slow")

    def work():
        try:
            deliver(str(message.pk))
        finally:
            connection.close()

    first = threading.Thread(target=work, name="first")
    first.start()
    try:
        assert inside.wait(30)
        if lease_ended:
            make_due(message)
        second = threading.Thread(target=work, name="second")
        second.start()
        second.join(30)
        assert not second.is_alive()
    finally:
        go_on.set()
        first.join(30)
    assert calls == ["first"]
    assert numbers(institution) == ["N-1"]
    assert state_of(message, institution) == "done"
