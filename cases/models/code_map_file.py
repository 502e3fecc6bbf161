"""A table of code mappings between its upload and its writing."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class CodeMapFile(TenantModel):
    """The rows of one uploaded table, as they were read; the file itself is not kept."""

    name = models.CharField(max_length=200)
    #: List of {"line", "system", "code", "display", "concept", "status", "source"}, all text.
    rows = models.JSONField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    #: None until its rows were written; once, all together.
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-uploaded_at"], name="code_map_file_by_time"),
        ]
