"""A standing tumor board."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tumorboard.tenancy.models import TenantModel


class Board(TenantModel):
    """A standing tumor board of an institution."""

    name = models.CharField(max_length=120)
    place = models.CharField("usual place or video link", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "name"], name="board_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
