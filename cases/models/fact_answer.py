"""A fact that somebody answered directly."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel

#: The explicit answer "unknown". No row at all means: not asked yet.
UNKNOWN = "unknown"


@keep_history
class FactAnswer(TenantModel):
    """One fact of the data dictionary for one case, as a person answered it.

    `value` is JSON as the dictionary allows for the fact; `services.facts` checks it.
    """

    case = TenantForeignKey(Case, related_name="fact_answers")
    fact = models.CharField(max_length=80)
    value = models.JSONField()
    unit = models.CharField(max_length=60, blank=True)
    source = models.CharField("where it comes from", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "case", "fact"], name="fact_answered_once"
            ),
        ]
