"""Filters and columns of the case list that a person keeps under a name."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class SavedView(TenantModel):
    """A view of the case list; shared ones are seen by everybody in the institution."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    sort = models.CharField(max_length=40, blank=True)
    is_shared = models.BooleanField("shared", default=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "person", "name"], name="saved_view_name_once"
            ),
        ]
