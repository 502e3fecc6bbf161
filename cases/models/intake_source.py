"""A system that sends messages, and what the institution knows of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel

MOST_AUTHORITY = 200


@keep_history_of("client", "authorities", "rules", "receivers", "is_test", "saved_by")
class IntakeSource(TenantModel):
    """One API client as a source of messages.

    Made by its first message. Until somebody says whose numbers it sends, nothing that it sends
    is matched by itself: record number 4711 of another hospital is another person.
    """

    client = TenantForeignKey(ApiClient, related_name="+")
    #: Assigning authorities, or naming systems, whose numbers are the record numbers here.
    authorities = ArrayField(models.CharField(max_length=MOST_AUTHORITY), default=list)
    #: Kinds of reading that are accepted without a person (`cases.services.intake.rules`).
    rules = ArrayField(models.CharField(max_length=20), default=list)
    #: Whom its messages of HL7 v2 must be addressed to, "application|facility"; empty: anybody.
    receivers = ArrayField(
        models.CharField(max_length=MOST_AUTHORITY),
        default=list,
        db_default=models.Value([], output_field=ArrayField(models.CharField())),
    )
    #: Whether it sends to try the connection: nothing of it ever comes into a record.
    is_test = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    #: None while nobody has said anything of it.
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "client"], name="intake_source_once"),
        ]

    def __str__(self) -> str:
        return str(self.client.label)
