"""A table of cases on its way out."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel
from tumorboard.vault.fields import SealedJSONField


class ExportFile(TenantModel):
    """One table of cases that somebody asked for, and how far it has come; kept for an hour.

    It names its cases, so that it is not given out once one of them is hidden, and so that erasing
    a patient finds it.
    """

    class State(models.TextChoices):
        """The steps of an export."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"

    class Format(models.TextChoices):
        """The kinds of file."""

        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        JSON_LINES = "jsonl", "JSON lines"

    format = models.CharField(max_length=5, choices=Format.choices, default=Format.CSV)
    #: Keys of `cases.selectors.case_list.COLUMNS`.
    columns = models.JSONField(default=list)
    #: Codes by the names of the list's filters.
    filters = models.JSONField(default=dict)
    cases = ArrayField(models.UUIDField(), default=list)
    #: Cases that are rows of the table by now.
    done_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    #: Heads and rows, under the institution's key: a table is of many patients.
    table = SealedJSONField(purpose="export_file.table", empty=list, db_column="sealed_table")
    #: The outbox message that collects the next rows, or that collected the last ones.
    job = models.UUIDField(null=True, blank=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "requested_at"], name="export_by_time"),
        ]
