"""What a board concludes, as a draft and as the signed decision have it alike."""

import datetime
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

NEEDS_TEXT = "other"


class RecommendationKind(models.TextChoices):
    """What kind of thing a recommendation asks for."""

    IMAGING = "imaging", "Imaging"
    TREATMENT = "treatment", "Treatment"
    REFERRAL = "referral", "Referral"
    REDISCUSSION = "rediscussion", "Re-discussion"
    OTHER = "other", "Other"


class Intent(models.TextChoices):
    """What a recommendation is for."""

    DIAGNOSIS = "diagnosis", "Diagnosis or staging"
    SURVEILLANCE = "surveillance", "Surveillance"
    CURE = "cure", "Cure"
    DISEASE_CONTROL = "disease_control", "Disease control"
    SYMPTOM_CONTROL = "symptom_control", "Symptom control"


class Outcome(models.TextChoices):
    """Whether the board recommends anything."""

    RECOMMENDATION = "recommendation", "A recommendation"
    NONE = "none", "No recommendation"


class NoRecommendation(models.TextChoices):
    """Why a board recommends nothing."""

    INFORMATION = "information", "Information is missing"
    SPECIALTY = "specialty", "A specialty that is needed was not there"
    NO_CONSENSUS = "no_consensus", "No consensus"
    PATIENT_ABSENT = "patient_view", "The patient's wish or condition is not known"
    NOT_FOR_THIS_BOARD = "other_board", "Not a question for this board"
    OTHER = NEEDS_TEXT, "Other"


class Concordance(models.TextChoices):
    """How a decision stands to what the guidance says."""

    CONCORDANT = "concordant", "As the guidance says"
    DEVIATES = "deviates", "Departs from the guidance"
    NO_GUIDANCE = "no_guidance", "The guidance does not cover the case"


class DeviationReason(models.TextChoices):
    """Why a board departs from the guidance."""

    PATIENT_WISH = "patient_wish", "The patient's wish"
    COMORBIDITY = "comorbidity", "Comorbidity"
    NEWER_EVIDENCE = "newer_evidence", "Newer evidence"
    TRIAL = "trial", "A clinical trial"
    AVAILABILITY = "availability", "Availability"
    OTHER = NEEDS_TEXT, "Other"


class Confidence(models.TextChoices):
    """How sure the board is."""

    HIGH = "high", "High"
    MODERATE = "moderate", "Moderate"
    LOW = "low", "Low"


class Conclusion(models.Model):
    """The coded part of a conclusion."""

    outcome = models.CharField(
        max_length=20,
        choices=Outcome.choices,
        default=Outcome.RECOMMENDATION,
        db_default=Outcome.RECOMMENDATION,
    )
    no_recommendation_reason = models.CharField(
        "why no recommendation",
        max_length=20,
        choices=NoRecommendation.choices,
        blank=True,
        default="",
        db_default="",
    )
    no_recommendation_text = models.CharField(
        "in words", max_length=500, blank=True, default="", db_default=""
    )
    concordance = models.CharField(
        max_length=20, choices=Concordance.choices, blank=True, default="", db_default=""
    )
    deviation_reason = models.CharField(
        "why it departs from the guidance",
        max_length=20,
        choices=DeviationReason.choices,
        blank=True,
        default="",
        db_default="",
    )
    deviation_text = models.CharField(
        "in words", max_length=500, blank=True, default="", db_default=""
    )
    confidence = models.CharField(
        max_length=20, choices=Confidence.choices, blank=True, default="", db_default=""
    )
    stage_discussed = models.BooleanField(default=False, db_default=False)
    guideline_discussed = models.BooleanField(default=False, db_default=False)
    #: Discussed before treatment began; None: not said.
    is_prospective = models.BooleanField(null=True, blank=True)
    amendment_reason = models.CharField(
        "why it is amended", max_length=500, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Recommended:
    """One recommendation as typed: its kind, its code where the kind has codes, and words.

    `alternative_to` is the position, counted from 1, of the recommendation that it may replace;
    `owner_id` is who sees to it by `due_on`.
    """

    kind: str
    code: str = ""
    text: str = ""
    intent: str = ""
    alternative_to: int | None = None
    due_on: datetime.date | None = None
    owner_id: UUID | None = None


class Asked(models.Model):
    """One coded thing that a conclusion asks for, and what was added to it in words."""

    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=RecommendationKind.choices)
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)
    intent = models.CharField(
        max_length=20, choices=Intent.choices, blank=True, default="", db_default=""
    )
    #: The position of the recommendation that this is an alternative to.
    alternative_to = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField("due on", null=True, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[Any]] = ["position"]
