"""An outbox whose broker is a list, and handlers that live as long as their test."""

import pytest

from tumorboard.outbox import queue


@pytest.fixture(autouse=True)
def _broker_that_answers(monkeypatch):
    monkeypatch.setattr(queue._Broker, "silent_until", 0.0)


@pytest.fixture
def woken(monkeypatch):
    """Ids that the broker was told."""
    told = []
    monkeypatch.setattr(queue.deliver, "apply_async", lambda args, **_: told.append(args[0]))
    return told


@pytest.fixture
def handler(monkeypatch):
    """Registers a function for a topic; forgotten after the test."""
    monkeypatch.setattr(queue, "_handlers", dict(queue._handlers))

    def register(topic, function):
        queue.handles(topic)(function)

    return register
