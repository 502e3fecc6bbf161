"""A person's subscribable calendar."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class CalendarFeed(TenantModel):
    """An address under which a calendar program reads a person's meetings; its secret is hashed."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    secret_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "secret_hash"], name="calendar_secret_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "person"], name="calendar_by_person"),
        ]
