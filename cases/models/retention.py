"""How long an institution keeps who its patients are."""

from typing import Any, ClassVar

from django.db import models

from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel

#: From one year to longer than any law asks for.
FEWEST_YEARS, MOST_YEARS = 1, 100


@keep_history
class Retention(TenantModel):
    """Years after the last activity after which a patient is due for erasure; None: never.

    Nothing is erased by it: a person does that, patient by patient.
    """

    years = models.PositiveSmallIntegerField("years after the last activity", null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution"], name="retention_once"),
            models.CheckConstraint(
                condition=models.Q(years__isnull=True)
                | models.Q(years__gte=FEWEST_YEARS, years__lte=MOST_YEARS),
                name="retention_within_bounds",
            ),
        ]
