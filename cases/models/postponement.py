"""That a case was not decided in a meeting for which it was listed."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.meeting import Meeting
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class PostponementCause(models.TextChoices):
    """Why a case was postponed."""

    IMAGING = "imaging", "Imaging is missing"
    PATHOLOGY = "pathology", "Pathology is missing"
    LABORATORY = "laboratory", "Laboratory values are missing"
    REPORT = "report", "A report is missing"
    SPECIALTY = "specialty", "A specialty that is needed cannot be there"
    TIME = "time", "The meeting's time ran out"
    PATIENT = "patient", "The patient's wish or condition"
    CANCELLED = "cancelled", "The meeting was canceled"
    OTHER = "other", "Other"


class Postponement(TenantModel):
    """One case moved from one meeting to a later one, or back among the candidates. Append-only."""

    case = TenantForeignKey(Case, related_name="postponements")
    meeting = TenantForeignKey(Meeting, related_name="postponements")
    moved_to = TenantForeignKey(Meeting, null=True, related_name="+")
    cause = models.CharField(max_length=20, choices=PostponementCause.choices)
    #: Code of a department of the minimum data set; empty where none is at the root of it.
    department = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(cause__in=PostponementCause.values),
                name="postponement_cause_known_value",
            ),
        ]
