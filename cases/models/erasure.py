"""The proof that a patient was erased. Append-only."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.patient import Patient
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Erasure(TenantModel):
    """Who erased a patient, when and why, and what was destroyed; nothing of the patient."""

    patient = TenantForeignKey(Patient, related_name="erasures")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.CharField("reason", max_length=500)
    #: What was destroyed: "keys_destroyed", "tokens", "files", "drafts" and the like -> how many.
    counts = models.JSONField()
    #: SHA-256 of the wrapped key and of the sealed identity, and of each file's content.
    hashes = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "patient"], name="erasure_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-at"], name="erasure_by_time"),
        ]
