"""A file of cases on its way in."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import SealedJSONField


class ImportFile(TenantModel):
    """One uploaded table and how far its import has come."""

    class State(models.TextChoices):
        """The steps of an import."""

        UPLOADED = "uploaded", "Uploaded"
        CHECKED = "checked", "Checked"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    #: Column headings in the order of the file.
    columns = models.JSONField()
    #: Column heading -> field of the import, or empty to leave the column out.
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    row_count = models.PositiveIntegerField(default=0)
    #: Rows that have become cases.
    done_count = models.PositiveIntegerField(default=0)
    #: The outbox message that writes the next rows, or that wrote the last ones.
    job = models.UUIDField(null=True, blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-uploaded_at"], name="import_by_time"),
        ]


class ImportRow(TenantModel):
    """One row of the file: its cells, what is wrong with it, what became of it."""

    class State(models.TextChoices):
        """What became of a row."""

        WAITING = "waiting", "Waiting"
        GOOD = "good", "Good"
        BAD = "bad", "Has errors"
        KNOWN = "known", "Already there"
        WRITTEN = "written", "Written"

    file = TenantForeignKey(ImportFile, related_name="rows")
    number = models.PositiveIntegerField("line of the file")
    #: Under the institution's key, as the errors, which quote them: a row is no patient yet.
    cells = SealedJSONField(purpose="import_row.cells", empty=list, db_column="sealed_cells")
    #: List of {"column", "field", "value", "reason"}.
    errors = SealedJSONField(
        purpose="import_row.errors", empty=list, null=True, db_column="sealed_errors"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    case = TenantForeignKey(Case, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "file", "number"], name="import_row_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "file", "state", "number"], name="import_row_by_state"
            ),
        ]


class ImportMapping(TenantModel):
    """Which field a column heading meant the last time."""

    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "heading"], name="import_heading_once"),
        ]
