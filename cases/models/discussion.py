"""How long a meeting spent on a case."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.agenda_item import AgendaItem
from cases.models.meeting import Meeting
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Discussion(TenantModel):
    """One stretch of time in which a meeting had one item before it; the open one is shown now."""

    meeting = TenantForeignKey(Meeting, related_name="discussions")
    item = TenantForeignKey(AgendaItem, related_name="discussions")
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting"],
                condition=models.Q(ended_at=None),
                name="discussion_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                name="discussion_ends_after_it_began",
            ),
        ]
