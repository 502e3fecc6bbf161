"""One sitting of a board."""

from typing import Any, ClassVar

from django.db import models

from cases.models.board import Board
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class Meeting(TenantModel):
    """One sitting of a board."""

    board = TenantForeignKey(Board, related_name="meetings")
    starts_at = models.DateTimeField("begins")
    place = models.CharField("place or video link", max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "board", "starts_at"], name="meeting_once_at_a_time"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "starts_at"], name="meeting_by_start"),
        ]
