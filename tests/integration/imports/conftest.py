"""Imports as a coordinator makes them, and a worker that does what was asked for."""

import pytest
from django.test import Client
from django.utils import timezone

import cases.jobs  # noqa: F401 - registers what the worker does
from cases.models import ImportFile, ImportRow
from cases.services.imports import uploads
from cases.services.imports.fields import guess
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """A broker that only remembers."""
    told = []
    monkeypatch.setattr(queue.deliver, "apply_async", lambda args, **_: told.append(args[0]))
    return told


@pytest.fixture
def client(coordinator):
    """A browser in which the coordinator is signed in."""
    client = Client()
    client.force_login(coordinator)
    return client


class Imports:
    """Takes imports through their steps."""

    def __init__(self, institution, by):
        self.institution = institution
        self.by = by

    def upload(self, content, name="cases.csv"):
        with institution_scope(self.institution):
            return uploads.upload(name=name, content=_bytes(content), by=self.by)

    def check(self, content, name="cases.csv", **mapping):
        file = self.upload(content, name)
        guesses = {column: g.field for column, g in guess(file.columns, {}).items()}
        with institution_scope(self.institution):
            return uploads.choose_columns(file=file, mapping={**guesses, **mapping}, by=self.by)

    def start(self, file):
        with institution_scope(self.institution):
            return uploads.start(file=file, by=self.by)

    def write(self, content, name="cases.csv", **mapping):
        file = self.start(self.check(content, name, **mapping))
        self.work()
        return self.again(file)

    def work(self, most=100):
        """What a worker does until nothing is left, or `most` messages."""
        for _ in range(most):
            with institution_scope(self.institution):
                waiting = OutboxMessage.objects.filter(state="waiting", topic=uploads.TOPIC)
                message = waiting.order_by("created_at").first()
            if message is None:
                return
            OutboxSignal.objects.filter(pk=message.pk).update(due_at=timezone.now())
            queue.deliver(str(message.pk))

    def again(self, file):
        with institution_scope(self.institution):
            return ImportFile.objects.get(pk=file.pk)

    def states(self, file):
        """Line -> (state, reasons)."""
        with institution_scope(self.institution):
            return {
                row.number: (row.state, [error["reason"] for error in row.errors])
                for row in ImportRow.objects.filter(file=file).order_by("number")
            }


def _bytes(content):
    return content.encode() if isinstance(content, str) else content


@pytest.fixture
def imports(institution, coordinator):
    """Imports of the coordinator."""
    return Imports(institution, coordinator)
