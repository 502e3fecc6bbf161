"""A note or an interval of an institution, beside what the guidance says."""

from typing import Any, ClassVar

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models

from guidance.editions.models.local_word import LocalWord

#: The longest interval, in months: fifty years, as far as guidance reckons.
LONGEST_MONTHS = 600


class NoteSubject(models.TextChoices):
    """What a local note stands beside."""

    SCENARIO = "scenario", "Scenario"
    STUDY = "study", "Study in a scenario"
    BRANCH = "branch", "After a result"
    CHECK = "check", "Check"
    INTERVAL = "interval", "Interval rule"


class LocalNote(LocalWord):
    """One version of a note; `series` is the same for all of its versions, the newest holds.

    `scenario` is the scenario's code for a scenario and for a study in it, else empty; `code` is
    that of the procedure, branch, check or rule, empty for a scenario. A note has a text, an
    interval in months, or both.
    """

    series = models.UUIDField(editable=False)
    subject = models.CharField("what it stands beside", max_length=10, choices=NoteSubject.choices)
    scenario = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(
        "note", max_length=1_000, blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    low_months = models.PositiveSmallIntegerField("not before", null=True, blank=True)
    high_months = models.PositiveSmallIntegerField("not after", null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "series", "version"], name="local_note_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_withdrawn=True) | models.Q(review_on__isnull=False),
                name="local_note_is_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(subject__in=NoteSubject.values),
                name="local_note_subject_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(low_months=None, high_months=None)
                | models.Q(
                    low_months__isnull=False,
                    high_months__isnull=False,
                    low_months__gte=1,
                    high_months__gte=models.F("low_months"),
                    high_months__lte=LONGEST_MONTHS,
                ),
                name="local_note_interval_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(text="") | models.Q(low_months__isnull=False),
                name="local_note_says_something",
            ),
        ]
