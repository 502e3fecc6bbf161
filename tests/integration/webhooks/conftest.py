"""A receiver on loopback, which the operator lets the institution north reach."""

from collections.abc import Iterator

import pytest

from tests.receivers import Receiver, receiving
from tumorboard.outbox import queue


@pytest.fixture(autouse=True)
def _operator(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = "north=127.0.0.0/8"
    settings.WEBHOOK_PLAIN_HOSTS = "north=127.0.0.1"
    # Nobody is woken: a test says when workers work.
    monkeypatch.setattr(queue.deliver, "apply_async", lambda *_, **__: None)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A system that takes every event."""
    with receiving() as receiver:
        yield receiver
