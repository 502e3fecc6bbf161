"""A decision while it is being written; the signed one lies in another table."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.agenda_item import AgendaItem
from cases.models.decision import RecommendationKind
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class DecisionDraft(TenantModel):
    """What will be signed for one agenda item."""

    agenda_item = TenantForeignKey(AgendaItem, related_name="drafts")
    rationale = models.TextField(blank=True, max_length=10_000)
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


class DraftRecommendation(TenantModel):
    """One recommendation of a draft."""

    draft = TenantForeignKey(DecisionDraft, related_name="recommendations")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=RecommendationKind.choices)
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "draft", "position"],
                name="draft_recommendation_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
