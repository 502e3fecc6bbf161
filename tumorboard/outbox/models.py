"""What must leave a transaction: the message, and the signal that wakes a worker."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel, new_id


class OutboxSignal(models.Model):
    """That a message of an institution is due. Has no institution's data, so sweeps may read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    institution_id = models.UUIDField()
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["due_at"], name="outbox_signal_due")]


class OutboxMessage(TenantModel):
    """What is to be done; its id is its signal's id."""

    class State(models.TextChoices):
        """Where a message is in its life."""

        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed for good"

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
