"""One sitting of a board."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cases.models.board import Board
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history_of(
    "board",
    "starts_at",
    "place",
    "minutes",
    "cutoff_at",
    "cancelled_at",
    "cancelled_because",
    "began_at",
    "ended_at",
)
class Meeting(TenantModel):
    """One sitting of a board; a canceled one stays, without cases, so that calendars learn of it.

    `sequence` counts what calendars must learn of; `revision` counts what those who follow a
    running meeting must see, and is written only by `cases.services.live`.
    """

    board = TenantForeignKey(Board, related_name="meetings")
    starts_at = models.DateTimeField("begins")
    place = models.CharField("place or video link", max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(
        "minutes",
        default=90,
        db_default=90,
        validators=[MinValueValidator(10), MaxValueValidator(600)],
    )
    cutoff_at = models.DateTimeField("submissions close", null=True, blank=True)
    #: When it was noted for every case whether it was ready at the cut-off.
    cutoff_noted_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "board", "starts_at"],
                condition=models.Q(cancelled_at=None),
                name="meeting_once_at_a_time",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "starts_at"], name="meeting_by_start"),
        ]
