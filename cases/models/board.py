"""A standing tumor board."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from cases.models.specialty import Specialty
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel

#: How far ahead a task may be due, in days: two years [INT].
MOST_TASK_DAYS = 730


class Rhythm(models.TextChoices):
    """How often a board sits."""

    NONE = "", "No fixed rhythm"
    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    MONTHLY = "monthly", "Every month, on the same weekday of the month"


@keep_history
class Board(TenantModel):
    """A standing tumor board of an institution.

    With a rhythm, its meetings follow from `first_on`, `begins_at` and `time_zone`.
    """

    name = models.CharField(max_length=120)
    place = models.CharField("usual place or video link", max_length=200, blank=True)
    rhythm = models.CharField(
        max_length=20, choices=Rhythm.choices, blank=True, default="", db_default=""
    )
    first_on = models.DateField("first meeting on", null=True, blank=True)
    begins_at = models.TimeField("begins at", null=True, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC", db_default="UTC")
    minutes = models.PositiveSmallIntegerField(
        "minutes a meeting has",
        default=90,
        db_default=90,
        validators=[MinValueValidator(10), MaxValueValidator(600)],
    )
    cutoff_hours = models.PositiveSmallIntegerField(
        "hours before the meeting at which submissions close",
        default=48,
        db_default=48,
        validators=[MaxValueValidator(24 * 28)],
    )
    #: Without all of these a meeting has no quorum.
    required_specialties = ArrayField(
        models.CharField(max_length=40, choices=Specialty.choices),
        default=list,
        db_default=[],
        blank=True,
    )
    #: When a recommendation is due for which neither guidance nor board names a date.
    task_days = models.PositiveSmallIntegerField(
        "days until a recommendation without a date is due",
        default=28,
        db_default=28,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TASK_DAYS)],
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "name"], name="board_name_once"),
            models.CheckConstraint(
                condition=models.Q(rhythm="")
                | models.Q(first_on__isnull=False, begins_at__isnull=False),
                name="board_rhythm_has_a_beginning",
            ),
        ]

    def __str__(self) -> str:
        return self.name
