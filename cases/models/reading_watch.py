"""From how many patients an hour an institution wants to know who read them."""

from typing import Any, ClassVar

from django.db import models

from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel

#: Fewer would tell of a busy clinic, more of nobody.
FEWEST, USUAL, MOST = 10, 60, 1_000


@keep_history
class ReadingWatch(TenantModel):
    """How many different patients' records somebody may open within an hour unnoticed.

    Without a row it is the product's choice, `USUAL`.
    """

    patients_an_hour = models.PositiveSmallIntegerField("patients an hour", default=USUAL)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution"], name="reading_watch_once"),
            models.CheckConstraint(
                condition=models.Q(patients_an_hour__range=(FEWEST, MOST)),
                name="reading_watch_within_bounds",
            ),
        ]
