"""The institution's picture archive."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel


@keep_history
class PacsConnection(TenantModel):
    """Where the archive answers DICOMweb, and the viewer's address; secrets stand elsewhere."""

    name = models.CharField(max_length=100)
    #: Empty where the institution opens its viewer from here, and the archive is not asked.
    qido_url = models.CharField("address of QIDO-RS", max_length=300, blank=True)
    #: Empty where it is the same.
    wado_url = models.CharField("address of WADO-RS", max_length=300, blank=True)
    #: The name under which the operator gave user and password; empty for none.
    credentials = models.CharField(max_length=60, blank=True)
    viewer_template = models.CharField("address of the viewer", max_length=500, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution"], name="pacs_connection_once"),
        ]
