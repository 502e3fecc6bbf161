"""What somebody who cannot come thinks of a case."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.agenda_item import AgendaItem
from cases.models.specialty import Specialty
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class Opinion(TenantModel):
    """One person's opinion on one item, given before it is decided."""

    item = TenantForeignKey(AgendaItem, related_name="opinions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    specialty = models.CharField(max_length=40, choices=Specialty.choices, blank=True)
    text = models.TextField(max_length=4_000)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "item", "person"], name="opinion_once_per_person"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="opinion_says_something"),
        ]
