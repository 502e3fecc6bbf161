"""A decision while it is being written; the signed one lies in another table."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.agenda_item import AgendaItem
from cases.models.conclusion import Asked, Conclusion
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class DecisionDraft(Conclusion, TenantModel):
    """What will be signed for one agenda item; while `amends` is set, its next version."""

    agenda_item = TenantForeignKey(AgendaItem, related_name="drafts")
    rationale = models.TextField(blank=True, max_length=10_000)
    #: The version of the signed decision that this is to replace; None for the first one.
    amends = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Counts the saves; what two people writing at once compare.
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "agenda_item"], name="draft_once_per_item"
            ),
        ]


class DraftRecommendation(Asked, TenantModel):
    """One recommendation of a draft."""

    draft = TenantForeignKey(DecisionDraft, related_name="recommendations")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "draft", "position"],
                name="draft_recommendation_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class DraftDissent(TenantModel):
    """Somebody who was present and would decide otherwise."""

    draft = TenantForeignKey(DecisionDraft, related_name="dissents")
    name = models.CharField(max_length=120)
    text = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "draft", "name"], name="draft_dissent_once"
            ),
        ]
