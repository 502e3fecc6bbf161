"""Who was present at a meeting."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.meeting import Meeting
from cases.models.specialty import Specialty
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
    #: By which quorum and attendance are counted.
    specialty_code = models.CharField(
        max_length=40, choices=Specialty.choices, blank=True, default="", db_default=""
    )
    joined_at = models.DateTimeField(default=timezone.now, null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting", "name"], name="attendance_once"
            ),
        ]
