"""One case on the list of one meeting."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.meeting import Meeting
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class AgendaItem(TenantModel):
    """One case on the list of one meeting, with the question the board is asked."""

    meeting = TenantForeignKey(Meeting, related_name="items")
    case = TenantForeignKey(Case, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=500, blank=True)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    listed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting", "case"], name="case_listed_once"
            ),
            # Deferred: reordering passes through positions that are held twice.
            models.UniqueConstraint(
                fields=["institution", "meeting", "position"],
                name="agenda_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
