"""The transactional outbox.

A service says `enqueue(topic, payload)` inside its transaction. After the commit a broker message
with nothing but the row's id wakes a worker; the worker does the work and marks the row done in
one transaction. What a lost broker message left behind, the sweep finds.
"""

import datetime
import logging
import uuid
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id, institution_scope

logger = logging.getLogger(__name__)

#: After this many attempts a message is failed for good and shown to an operator.
MOST_ATTEMPTS = 8
#: How long a signal is left to the broker before the sweep takes it up.
GRACE = datetime.timedelta(seconds=30)

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the function that does what messages of `topic` ask for.

    It runs inside the institution's scope; it must be idempotent.
    """

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def enqueue(topic: str, payload: dict[str, Any]) -> OutboxMessage:
    """Ask for work after the current transaction commits."""
    message = OutboxMessage.objects.create(topic=topic, payload=payload)
    OutboxSignal.objects.create(id=message.id, institution_id=current_institution_id())
    transaction.on_commit(lambda: _wake(message.id))
    return message


def _wake(signal_id: uuid.UUID) -> None:
    try:
        deliver.delay(str(signal_id))
    except Exception as error:  # noqa: BLE001 - whatever the broker raises, the sweep will do it
        logger.warning("broker did not take %s: %s", signal_id, type(error).__name__)


@shared_task(name="outbox.deliver")
def deliver(signal_id: str) -> None:
    """Do the work of one message, once, however often the broker says so."""
    signal = OutboxSignal.objects.filter(pk=signal_id).first()
    if signal is None:
        return  # done already
    institution = Institution.objects.get(pk=signal.institution_id)
    try:
        with institution_scope(institution):
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True)
                .filter(pk=signal_id, state=OutboxMessage.State.WAITING)
                .first()
            )
            if message is None:
                return  # another worker has it
            _handlers[message.topic](message.payload)
            _finish(message, OutboxMessage.State.DONE)
    except Exception as error:
        logger.exception("message %s failed", signal_id)
        _postpone(institution, signal, error)


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Take up what lost broker messages left."""
    overdue = OutboxSignal.objects.filter(due_at__lt=timezone.now() - GRACE).order_by("due_at")
    for signal_id in list(overdue.values_list("id", flat=True)[:100]):
        deliver(str(signal_id))


def _finish(message: OutboxMessage, state: str, failure: str = "") -> None:
    message.state = state
    message.failure = failure
    message.done_at = timezone.now()
    message.save(update_fields=["state", "failure", "done_at"])
    OutboxSignal.objects.filter(pk=message.pk).delete()


def _postpone(institution: Institution, signal: OutboxSignal, error: Exception) -> None:
    attempts = signal.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        with institution_scope(institution):
            message = OutboxMessage.objects.get(pk=signal.pk)
            # Only the kind of error: its text may quote a patient.
            _finish(message, OutboxMessage.State.FAILED, type(error).__name__)
        return
    wait = datetime.timedelta(seconds=2**attempts)
    OutboxSignal.objects.filter(pk=signal.pk).update(
        attempts=attempts, due_at=timezone.now() + wait
    )
