"""One case on the list of one meeting."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.meeting import Meeting
from cases.models.specialty import Specialty
from cases.models.standard import Standard
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Track(models.TextChoices):
    """How an item is settled."""

    DISCUSSION = "discussion", "Discussed"
    PROTOCOL = "protocol", "By protocol"


class ListingReason(models.TextChoices):
    """Why a case asks for the board, or was put on a list."""

    GUIDANCE = "guidance", "The guidance asks for the board"
    RESULT = "result", "A result arrived"
    OVERDUE = "overdue", "An interval or a task is overdue"
    REDISCUSSION = "rediscussion", "The board asked to discuss it again"
    REFERRAL = "referral", "It was referred"
    PERSON = "person", "Somebody put it on"


@keep_history
class AgendaItem(TenantModel):
    """One case on the list of one meeting, with the question the board is asked."""

    meeting = TenantForeignKey(Meeting, related_name="items")
    case = TenantForeignKey(Case, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=500, blank=True)
    track = models.CharField(
        max_length=20,
        choices=Track.choices,
        default=Track.DISCUSSION,
        db_default=Track.DISCUSSION,
    )
    #: On the protocol track: the standard that settles it.
    standard = TenantForeignKey(Standard, null=True, blank=True, related_name="+")
    listed_because = models.CharField(
        max_length=20,
        choices=ListingReason.choices,
        default=ListingReason.PERSON,
        db_default=ListingReason.PERSON,
    )
    #: Listed by the system, in the course of what `listed_by` wrote.
    is_automatic = models.BooleanField(default=False, db_default=False, editable=False)
    #: Expected minutes as somebody set them; None: by complexity (`selectors.forecast`).
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    #: Specialties this case needs beside those that the guidance names.
    also_needed = ArrayField(
        models.CharField(max_length=40, choices=Specialty.choices),
        default=list,
        db_default=[],
        blank=True,
    )
    #: Whether its minimum data set was complete at the cut-off; None: not noted, or listed later.
    was_ready_at_cutoff = models.BooleanField(null=True, editable=False)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    listed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "meeting", "case"], name="case_listed_once"
            ),
            # Deferred: reordering passes through positions that are held twice.
            models.UniqueConstraint(
                fields=["institution", "meeting", "position"],
                name="agenda_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(track=Track.DISCUSSION, standard=None)
                | models.Q(track=Track.PROTOCOL, standard__isnull=False),
                name="agenda_item_track_has_standard",
            ),
        ]
