"""The editions that the installation holds, and which one an institution uses."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel, new_id


class GuidanceEdition(models.Model):
    """One version of the guidance content, as it was loaded. Append-only, of no institution.

    `content` is JSON in a text column: a jsonb column would put the keys in another order, and
    the order of ratings, checks and facts is part of what an edition says.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.CharField(max_length=40, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    date = models.DateField()
    content = models.TextField()
    loaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-date", "-loaded_at", "-id"]


class EditionAdoption(TenantModel):
    """That an institution chose an edition; the newest row holds. Append-only.

    `by` is empty where the system chose: a new institution starts with the newest edition, and
    one that never chose keeps what it has when a newer one is loaded.
    """

    edition = models.ForeignKey(
        GuidanceEdition, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-at", "-id"], name="edition_adoption_newest"),
        ]
