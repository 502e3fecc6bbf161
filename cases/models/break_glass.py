"""Opening a restricted record with a reason, and what a privacy officer says of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.patient import Patient
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class BreakGlassCause(models.TextChoices):
    """Why somebody who is not on the list must see the record now."""

    EMERGENCY = "emergency", "Emergency care of this patient"
    ON_CALL = "on_call", "I am on call for this patient"
    BOARD = "board", "The board must decide on this patient now"
    OTHER = "other", "Another reason"


class Verdict(models.TextChoices):
    """What a privacy officer says of it."""

    JUSTIFIED = "justified", "Justified"
    NOT_JUSTIFIED = "not_justified", "Not justified"


@keep_history
class BreakGlass(TenantModel):
    """One restricted record opened by one person for a short time."""

    patient = TenantForeignKey(Patient, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    cause = models.CharField("reason", max_length=20, choices=BreakGlassCause.choices)
    words = models.CharField("in words", max_length=400)
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When it ends, or ended earlier.
    ends_at = models.DateTimeField(editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    verdict = models.CharField(max_length=20, blank=True, choices=Verdict.choices)
    verdict_words = models.CharField("in words", max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(cause__in=BreakGlassCause.values),
                name="break_glass_cause_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("began_at")),
                name="break_glass_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None, verdict_words="")
                | models.Q(
                    verdict__in=Verdict.values,
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                ),
                name="break_glass_verdict_by_somebody",
            ),
            # Who breaks the glass does not judge it.
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("person")),
                name="break_glass_reviewed_by_another",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "person", "-ends_at"], name="break_glass_open"),
            models.Index(
                fields=["institution", "began_at"],
                condition=models.Q(verdict=""),
                name="break_glass_to_review",
            ),
        ]

    @property
    def reason(self) -> str:
        """What every audit entry says while it is open."""
        return f"Break-glass, {self.get_cause_display()}: {self.words}"
