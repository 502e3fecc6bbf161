"""What an edition of the guidance would change, were it adopted."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from guidance.editions.models import GuidanceEdition
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class EditionTrial(TenantModel):
    """One run of an edition over all cases of the institution, and how far it has come.

    `after` is the last case that was looked at, so that a run goes on where it stopped.
    """

    class State(models.TextChoices):
        """Where a trial is in its life."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"
        #: Another trial of the same edition took its place; a job deletes what it left.
        REPLACED = "replaced", "Replaced"

    edition = models.ForeignKey(
        GuidanceEdition, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    #: How many cases change in which way: {kind: number}.
    kinds = models.JSONField(default=dict)
    after = models.UUIDField(null=True, editable=False)
    #: The outbox message that looks at the next cases, or that looked at the last ones.
    job = models.UUIDField(null=True, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "edition"],
                condition=~models.Q(state="replaced"),
                name="edition_trial_one_that_counts",
            ),
        ]


class EditionTrialChange(TenantModel):
    """One case that would change: what its assessment says, and what the edition would say.

    `before` and `after` hold codes alone, nothing of the patient. `weight` is how much changes.
    """

    trial = TenantForeignKey(EditionTrial, on_delete=models.CASCADE, related_name="changes")
    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    #: The ways in which the case changes, the weightiest first.
    kinds = models.JSONField()
    weight = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "trial", "case"], name="edition_trial_case_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "trial", "-weight", "case"], name="edition_trial_by_weight"
            ),
        ]
