"""Who saw and who changed what."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.audit.kinds import Kind, Via
from tumorboard.tenancy.models import TenantModel


class AuditEntry(TenantModel):
    """One thing one person did or saw. Append-only for the application role.

    What it refers to it names by id and without a reference: the entry outlives it.
    """

    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    action = models.CharField(max_length=80)
    #: Empty only in entries from before there were kinds.
    kind = models.CharField(max_length=10, choices=Kind.choices, default="", db_default="")
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    #: Whom it is about, where it is about one patient.
    patient_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    via = models.CharField(max_length=10, choices=Via.choices, default="", db_default="")
    #: The client's address; empty for work without a network.
    address = models.CharField(max_length=45, default="", db_default="")
    #: What the person gave as the reason, where one was asked for.
    reason = models.CharField(max_length=500, default="", db_default="")
    #: Of a search: by what was searched (never the words), and how many were found.
    criteria = models.CharField(max_length=200, default="", db_default="")
    found = models.PositiveIntegerField(null=True)
    #: Of a list: the cases and patients whose rows it showed.
    shown = ArrayField(models.UUIDField(), null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-at"], name="audit_by_time"),
            models.Index(fields=["institution", "subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["institution", "person", "-at"], name="audit_by_person"),
            models.Index(fields=["institution", "kind", "-at"], name="audit_by_kind"),
            models.Index(fields=["institution", "action", "-at"], name="audit_by_action"),
            models.Index(
                fields=["institution", "patient_id", "-at"],
                name="audit_by_patient",
                condition=models.Q(patient_id__isnull=False),
            ),
            models.Index(
                fields=["institution", "address", "-at"],
                name="audit_by_address",
                condition=~models.Q(address=""),
            ),
            # Lists are few beside all else: who was shown on them is looked for in them alone.
            models.Index(
                fields=["institution", "-at"],
                name="audit_lists_by_time",
                condition=models.Q(shown__isnull=False),
            ),
        ]
