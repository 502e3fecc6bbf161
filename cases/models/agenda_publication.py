"""An agenda as it was published. Append-only."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.meeting import Meeting
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class AgendaPublication(TenantModel):
    """One frozen version of a meeting's agenda, as its members were sent it.

    `lines` is what later changes are compared with (`selectors.publications`): the identity in
    each is sealed under its patient's key. `pdf` is the agenda as it was printed then, sealed so
    that it takes the keys of all its patients to open it.
    """

    meeting = TenantForeignKey(Meeting, related_name="publications")
    number = models.PositiveSmallIntegerField()
    lines = models.JSONField()
    pdf = models.BinaryField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting", "number"], name="publication_number_once"
            ),
        ]
