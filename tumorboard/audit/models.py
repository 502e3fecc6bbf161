"""Who saw and who changed what."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class AuditEntry(TenantModel):
    """One thing one person did or saw. Append-only for the application role."""

    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-at"], name="audit_by_time"),
            models.Index(fields=["institution", "subject_id", "-at"], name="audit_by_subject"),
        ]
