"""Who was present at a meeting."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cases.models.meeting import Meeting
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Attendance(TenantModel):
    """One person at one meeting; somebody from outside has no `person`."""

    meeting = TenantForeignKey(Meeting, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting", "name"], name="attendance_once"
            ),
        ]
