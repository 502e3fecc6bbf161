"""The sampled audit of what was settled without discussion."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.board import Board
from cases.models.decision import Decision
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Verdict(models.TextChoices):
    """What an audit found."""

    AGREED = "agreed", "Rightly settled without discussion"
    DISCUSS = "discuss", "Should have been discussed"


@keep_history
class ProtocolAudit(TenantModel):
    """A decision of the protocol track that was drawn for audit, and what a reviewer found."""

    decision = TenantForeignKey(Decision, related_name="audits")
    board = TenantForeignKey(Board, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now, editable=False)
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "decision"], name="protocol_audit_once"),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewer=None, reviewed_at=None)
                | models.Q(
                    verdict__in=Verdict.values, reviewer__isnull=False, reviewed_at__isnull=False
                ),
                name="protocol_audit_verdict_has_reviewer",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "verdict", "drawn_at"], name="audit_by_verdict"),
        ]
