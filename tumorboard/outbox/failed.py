"""Work that was given up: seen by an administrator, and asked for anew."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tumorboard.audit.record import record
from tumorboard.outbox.models import OutboxMessage, OutboxSignal

#: How many stand on the page.
MOST = 200


def failed() -> list[OutboxMessage]:
    """What failed for good in the current institution, the latest first; without its payload."""
    rows = OutboxMessage.objects.filter(state=OutboxMessage.State.FAILED).defer("payload")
    return list(rows.order_by("-done_at", "-id")[:MOST])


@transaction.atomic
def retry(*, message_id: UUID, by: Any) -> bool:
    """Ask for the work of a failed message anew, with all its attempts; the sweep takes it up.

    Returns:
        False where there is no failed message of this id in the current institution.
    """
    rows = OutboxMessage.objects.select_for_update().filter(state=OutboxMessage.State.FAILED)
    message = rows.filter(pk=message_id).first()
    if message is None:
        return False
    message.state, message.failure, message.done_at = OutboxMessage.State.WAITING, "", None
    message.save(update_fields=["state", "failure", "done_at"])
    signal = {"id": message.pk, "institution_id": message.institution_id, "due_at": Now()}
    OutboxSignal.objects.create(**signal)
    record(action="outbox.retried", subject=message, by=by)
    return True
