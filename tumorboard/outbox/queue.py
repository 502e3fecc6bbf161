"""The transactional outbox.

A service says `enqueue(topic, payload)` inside its transaction. After the commit a broker message
with nothing but the row's id wakes a worker; the worker does the work and marks the row done in
one transaction. What a lost broker message left behind, the sweep finds.
"""

import datetime
import logging
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id, institution_scope

logger = logging.getLogger(__name__)

#: After this many attempts a message is failed for good and shown to an operator.
MOST_ATTEMPTS = 8
#: How long a signal is left to the broker before the sweep takes it up.
GRACE = datetime.timedelta(seconds=20)
#: How long the first attempt keeps others away; doubled with each attempt. A worker that was
#: killed leaves its message alone for this long.
LEASE = datetime.timedelta(seconds=30)
#: How long the second attempt waits after the first one failed; doubled with each attempt.
BACKOFF = datetime.timedelta(seconds=2)
#: How many messages one sweep takes up at most.
SWEEP_SIZE = 1000
#: Seconds for which a process leaves all waking to the sweep after the broker did not answer; else
#: every page would wait for a broker that is down.
SILENCE = 15

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}


class UnknownTopic(LookupError):
    """No handler is registered for a message's topic, at least not in this version's workers."""


class WorkerLost(RuntimeError):
    """Every attempt ended without a word: the worker was killed in the middle of each."""


class _Broker:
    """Remembers, for this process, that the broker did not answer."""

    silent_until = 0.0  # by time.monotonic()


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the function that does what messages of `topic` ask for.

    It runs inside the institution's scope and in the transaction that marks the message done, so
    what it writes to the database happens exactly once. What it does elsewhere may happen again
    after a crash and must bear that.
    """

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def enqueue(
    topic: str, payload: dict[str, Any], *, after: datetime.timedelta | None = None
) -> OutboxMessage:
    """Ask for work after the current transaction commits.

    Args:
        topic: what to do; one of those that `handles` registers.
        payload: what the handler needs; ids rather than content.
        after: how long to wait at least; the sweep takes it up then, which wakes nobody.

    Raises:
        ScopeError: outside of an institution's scope.
    """
    message = OutboxMessage.objects.create(topic=topic, payload=payload)
    due_at = Now() if after is None else Now() + after
    OutboxSignal.objects.create(
        id=message.id, institution_id=current_institution_id(), due_at=due_at
    )
    if after is None:
        transaction.on_commit(lambda: _wake(message.id))
    return message


def _wake(signal_id: uuid.UUID) -> None:
    if time.monotonic() < _Broker.silent_until:
        return
    try:
        deliver.apply_async([str(signal_id)], retry=False)
    except Exception as error:
        _Broker.silent_until = time.monotonic() + SILENCE
        logger.warning("broker did not take %s: %s", signal_id, type(error).__name__)


@shared_task(name="outbox.deliver")
def deliver(signal_id: str) -> None:
    """Do the work of one message, once, however often the broker says so.

    An attempt is counted and its lease begun before the work, in a transaction of its own, so
    that a message which kills its worker neither comes back at once nor for ever.
    """
    signal = _begin_attempt(signal_id)
    if signal is None:
        return
    institution = Institution.objects.get(pk=signal.institution_id)
    try:
        if signal.attempts > MOST_ATTEMPTS:
            raise WorkerLost
        with institution_scope(institution):
            message = _take(signal.id)
            if message is None:
                return
            _handler_of(message)(message.payload)
            _finish(message, OutboxMessage.State.DONE)
    except Exception as error:
        # Neither trace nor text nor payload: they may quote a patient.
        logger.error("message %s failed: %s", signal.id, _kind_and_place(error))
        _put_back(institution, signal, error)


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Take up what lost broker messages and killed workers left, and what is to be tried again."""
    overdue = OutboxSignal.objects.filter(due_at__lt=Now() - GRACE).order_by("due_at")
    for signal_id in list(overdue.values_list("id", flat=True)[:SWEEP_SIZE]):
        try:
            deliver(str(signal_id))
        except Exception as error:
            logger.error("sweep passed over %s: %s", signal_id, _kind_and_place(error))


def _begin_attempt(signal_id: str) -> OutboxSignal | None:
    """Count an attempt and begin its lease; None where it is done already or someone's turn."""
    with transaction.atomic():
        signal = (
            OutboxSignal.objects.select_for_update(skip_locked=True)
            .filter(pk=signal_id, due_at__lte=Now())
            .first()
        )
        if signal is None:
            return None
        # The database's clock: those of the machines may differ.
        signal.due_at = Now() + LEASE * 2**signal.attempts
        signal.attempts += 1
        signal.save(update_fields=["due_at", "attempts"])
        return signal


def _take(signal_id: uuid.UUID) -> OutboxMessage | None:
    """The waiting message, locked; None where an attempt that outlasted its lease still has it."""
    return (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(pk=signal_id, state=OutboxMessage.State.WAITING)
        .first()
    )


def _handler_of(message: OutboxMessage) -> Handler:
    try:
        return _handlers[message.topic]
    except KeyError:
        raise UnknownTopic(message.topic) from None


def _finish(message: OutboxMessage, state: str, failure: str = "") -> None:
    message.state = state
    message.failure = failure
    message.done_at = timezone.now()
    message.save(update_fields=["state", "failure", "done_at"])
    OutboxSignal.objects.filter(pk=message.pk).delete()


def _put_back(institution: Institution, signal: OutboxSignal, error: Exception) -> None:
    """Postpone a failed message, or fail it for good; in a transaction of its own."""
    if signal.attempts < MOST_ATTEMPTS:
        wait = BACKOFF * 2 ** (signal.attempts - 1)
        OutboxSignal.objects.filter(pk=signal.pk).update(due_at=Now() + wait)
        return
    with institution_scope(institution):
        message = _take(signal.id)
        if message is not None:
            _finish(message, OutboxMessage.State.FAILED, type(error).__name__)


def _kind_and_place(error: Exception) -> str:
    """The error's type and where it was raised, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
