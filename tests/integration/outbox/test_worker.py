"""A real worker process on the embedded broker: it does the work, and its death loses none."""

import functools
import os
import signal
import subprocess
import sys
import uuid
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases.models import Patient
from tests.integration.outbox import worker
from tumorboard.celery import app
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.scope import institution_scope

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not settings.ON_ONE_MACHINE, reason="needs the embedded broker"),
]

LONGEST_WAIT = 60


@pytest.fixture
def database_url():
    """This test's database, as the application."""
    parts = connection.settings_dict
    host = quote(str(parts["HOST"]), safe="")
    return f"postgres://{parts['USER']}@{host}/{parts['NAME']}"


@pytest.fixture
def own_queue(monkeypatch):
    """A broker queue that belongs to this test alone."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    send = functools.partial(queue.deliver.apply_async, queue=name)
    monkeypatch.setattr(queue.deliver, "apply_async", send)
    yield name
    app.amqp.queues.pop(name, None)
    with psycopg.connect(app.conf.broker_transport_options["conn_string"]) as broker:
        broker.execute("SELECT pgmq.drop_queue(%s)", [name])


@pytest.fixture
def process(transactional_db, own_queue):
    """A worker process that takes this test's queue from this test's database."""
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "tests.integration.outbox.worker"),
        *("worker", "--queues", own_queue, "--concurrency", "1", "--loglevel", "ERROR"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    # On one machine: with a DATABASE_URL it would ask for a configuration that may hold patients.
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.served_settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
    }
    with subprocess.Popen(command, env=environment, start_new_session=True) as running:
        yield running
        os.killpg(running.pid, signal.SIGKILL)


@pytest.fixture
def heard(database_url):
    """Waits for the next words of the worker's handlers."""
    with psycopg.connect(database_url, autocommit=True) as listening:
        listening.execute(f"LISTEN {worker.CHANNEL}")

        def next_words():
            for notification in listening.notifies(timeout=LONGEST_WAIT, stop_after=1):
                return notification.payload
            pytest.fail("the worker said nothing")

        yield next_words


def send(institution, topic):
    with institution_scope(institution):
        return queue.enqueue(topic, {"number": "N-1"})


def patients():
    return Patient.objects.count()


def test_a_real_worker_does_what_a_service_asked_for(institution, heard, process):
    message = send(institution, "test.real.add")
    assert heard() == "done"
    with institution_scope(institution):
        assert patients() == 1
        assert OutboxMessage.objects.get(pk=message.pk).state == "done"
    assert not OutboxSignal.objects.exists()


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    institution, heard, process, monkeypatch
):
    message = send(institution, "test.real.hang")
    assert heard() == "begun"
    os.killpg(process.pid, signal.SIGKILL)
    with institution_scope(institution):
        # Waits until the database has noticed and let go of what the killed worker held.
        kept = OutboxMessage.objects.select_for_update().get(pk=message.pk)
        assert (kept.state, patients()) == ("waiting", 0)
    OutboxSignal.objects.update(due_at=timezone.now() - queue.LEASE - queue.GRACE)

    monkeypatch.setitem(queue._handlers, "test.real.hang", worker.add)
    for _ in range(2):
        queue.sweep()
    with institution_scope(institution):
        assert patients() == 1
        assert OutboxMessage.objects.get(pk=message.pk).state == "done"
