"""That somebody saw a check of the guidance and says why the case goes on all the same."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.assessment import Assessment
from cases.models.case import Case
from tumorboard.tenancy.models import TenantForeignKey, TenantModel

#: How severe a check is that can be acknowledged.
CRITICAL = "CRITICAL"
CAUTION = "CAUTION"
SEVERITIES = (CRITICAL, CAUTION)


class AcknowledgmentReason(models.TextChoices):
    """Why a case goes on beside a check."""

    ACCEPTED = "accepted", "Reviewed and accepted"
    NOT_FEASIBLE = "not_feasible", "Not feasible otherwise"
    PATIENT_WISH = "patient_wish", "The patient's wish"
    DONE_ELSEWHERE = "done_elsewhere", "Done elsewhere"
    DATA = "data_to_be_corrected", "Data to be corrected"
    OTHER = "other", "Other"


class Acknowledgment(TenantModel):
    """One check of one assessment, acknowledged by one person. Append-only.

    `basis` is what the check rested on then (`guidance.engine.check_basis`); the acknowledgment
    stands as long as the same check is raised on the same. A row with `withdraws` takes back an
    earlier one and has no reason code.
    """

    case = TenantForeignKey(Case, related_name="acknowledgments")
    assessment = TenantForeignKey(Assessment, related_name="+")
    check_code = models.CharField(max_length=40)
    severity = models.CharField(max_length=10)
    check_text = models.TextField()
    basis = models.JSONField()
    reason = models.CharField(max_length=30, choices=AcknowledgmentReason.choices, blank=True)
    text = models.CharField("in words", max_length=1_000, blank=True)
    withdraws = TenantForeignKey("self", null=True, related_name="withdrawals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(severity__in=SEVERITIES),
                name="acknowledgment_severity_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(withdraws=None, reason__in=AcknowledgmentReason.values)
                | models.Q(withdraws__isnull=False, reason=""),
                name="acknowledgment_gives_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=AcknowledgmentReason.OTHER) | ~models.Q(text=""),
                name="acknowledgment_other_in_words",
            ),
            models.UniqueConstraint(
                fields=["institution", "withdraws"], name="acknowledgment_withdrawn_once"
            ),
        ]
