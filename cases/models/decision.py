"""The board's signed conclusion on one agenda item. Append-only in the database."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cases.models.agenda_item import AgendaItem
from cases.models.assessment import Assessment
from cases.models.case import Case
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class RecommendationKind(models.TextChoices):
    """What kind of thing a recommendation asks for."""

    IMAGING = "imaging", "Imaging"
    TREATMENT = "treatment", "Treatment"
    REFERRAL = "referral", "Referral"
    REDISCUSSION = "rediscussion", "Re-discussion"
    OTHER = "other", "Other"


class Decision(TenantModel):
    """A signed decision; amended only by a further version.

    `content_hash` is the SHA-256 of everything that was signed, see `services.decisions`.
    """

    agenda_item = TenantForeignKey(AgendaItem, related_name="decisions")
    case = TenantForeignKey(Case, related_name="decisions")
    version = models.PositiveSmallIntegerField()
    assessment = TenantForeignKey(Assessment, related_name="+")
    question = models.CharField(max_length=500, blank=True)
    rationale = models.TextField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    signer_name = models.CharField(max_length=120)
    signer_role = models.CharField(max_length=80)
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=200)
    #: What stood beside the assessment when it was signed: local words and acknowledgments, see
    #: `selectors.annotations`. None where it was signed before these were quoted.
    quoted = models.JSONField(null=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "agenda_item", "version"], name="decision_version_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "case", "-signed_at"], name="decision_by_case"),
        ]


class Recommendation(TenantModel):
    """One coded thing that a signed decision asks for."""

    decision = TenantForeignKey(Decision, related_name="recommendations")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=RecommendationKind.choices)
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "decision", "position"], name="recommendation_position_once"
            ),
        ]


class Participant(TenantModel):
    """Somebody who was present when the decision was taken."""

    decision = TenantForeignKey(Decision, related_name="participants")
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
