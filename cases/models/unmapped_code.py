"""A code that came in and that nobody has said the meaning of."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.code_mapping import MOST_CODE, MOST_DISPLAY, MOST_SYSTEM
from tumorboard.tenancy.models import TenantModel


class UnmappedCode(TenantModel):
    """How often a code was seen, when, and where last; never with which patient."""

    system = models.CharField(max_length=MOST_SYSTEM)
    code = models.CharField(max_length=MOST_CODE)
    display = models.CharField(max_length=MOST_DISPLAY, blank=True)
    #: The part of a message that held it, `ORU OBX-3` for example.
    place = models.CharField(max_length=100)
    times = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "system", "code"], name="unmapped_code_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-times", "id"], name="unmapped_code_by_times"),
        ]
