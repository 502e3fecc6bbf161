"""Who sits on a standing board."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.board import Board
from cases.models.specialty import Specialty
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Duty(models.TextChoices):
    """What somebody does on a board."""

    CHAIR = "chair", "Chair"
    COORDINATOR = "coordinator", "Coordinator"
    MEMBER = "member", "Member"


@keep_history
class BoardMember(TenantModel):
    """One person on one board: invited to its meetings, sent its agendas."""

    board = TenantForeignKey(Board, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    duty = models.CharField(max_length=20, choices=Duty.choices, default=Duty.MEMBER)
    specialty = models.CharField(max_length=40, choices=Specialty.choices, blank=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "board", "person"], name="board_member_once"
            ),
            models.CheckConstraint(
                condition=models.Q(duty__in=Duty.values), name="board_member_duty_known_value"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "person"], name="board_member_by_person"),
        ]
