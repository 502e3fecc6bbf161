"""The keys of an institution."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class InstitutionKey(TenantModel):
    """One version of an institution's keys, wrapped by the installation's master key.

    `wrapped_key` wraps what belongs to the institution: the keys of its patients, and text that
    belongs to no patient yet. `wrapped_index_key` makes the blind index and is the same in every
    version. A retired version still opens what nobody has wrapped anew.
    """

    version = models.PositiveIntegerField()
    wrapped_key = models.BinaryField()
    wrapped_index_key = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "version"], name="institution_key_version_once"
            ),
            models.UniqueConstraint(
                fields=["institution"],
                condition=models.Q(retired_at__isnull=True),
                name="institution_key_current_once",
            ),
        ]
