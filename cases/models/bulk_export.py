"""FHIR resources of many patients on their way out: what was asked for, and the files so far."""

import base64
import zlib
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import SealedJSONField


class BulkExport(TenantModel):
    """One export that somebody's program asked for, and how far it has come."""

    class State(models.TextChoices):
        """The steps of an export."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"
        #: Who asked for it lost the right to it while it was collected.
        STOPPED = "stopped", "Stopped"

    #: The address that was asked for, as the manifest tells it; of a POST without its body.
    request = models.CharField(max_length=2_000)
    #: Types, filters and patients: a filter may say who somebody is.
    asked = SealedJSONField(purpose="bulk_export.asked", db_column="sealed_asked")
    #: Whatever was written later may be missing.
    transaction_time = models.DateTimeField()
    #: What the token allowed when it was asked for: it is never more than this.
    permissions = ArrayField(models.CharField(max_length=60), default=list)
    #: Of an API client: what its token granted; empty for a person.
    scopes = models.CharField(max_length=1000, blank=True, default="")
    #: Where the collecting goes on; as `cases.fhir.bulk.collecting` writes it.
    place = models.JSONField(default=dict)
    #: Resources that were collected by now.
    done_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    #: The outbox message that collects what comes next, or that collected what came last.
    job = models.UUIDField(null=True, blank=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "expires_at"], name="bulk_export_by_end"),
        ]


class BulkExportPart(TenantModel):
    """One file of an export: resources of one type, one a line.

    It names whom it is about, so that it is not given out once one of them is hidden, and so that
    erasing a patient finds it.
    """

    class Kind(models.TextChoices):
        """Where the manifest names the file."""

        OUTPUT = "output", "Output"
        DELETED = "deleted", "Deleted"
        ERROR = "error", "Error"

    export = TenantForeignKey(BulkExport, related_name="parts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OUTPUT)
    resource_type = models.CharField(max_length=40)
    #: The types that one must be allowed to read to get it.
    types = ArrayField(models.CharField(max_length=40), default=list)
    count = models.PositiveIntegerField()
    #: Cases and patients.
    subjects = ArrayField(models.UUIDField(), default=list)
    #: Lines, compressed, as base64; under the institution's key: a file is of many patients.
    content = SealedJSONField(
        purpose="bulk_export_part.content", empty=str, db_column="sealed_content"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "export", "number"], name="bulk_export_part_once"
            ),
        ]

    def write(self, text: str) -> None:
        """Take the lines; saved with the row."""
        self.content = base64.b64encode(zlib.compress(text.encode(), 1)).decode()

    @property
    def text(self) -> str:
        """The lines, each with its end."""
        return zlib.decompress(base64.b64decode(self.content)).decode()
