"""What one edition said about one case's facts at one time."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.case import BoardLevel, Case
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Assessment(TenantModel):
    """Facts, edition and full answer, so that it can be replayed. Append-only.

    `origins` says for each fact where it came from, as `cases.selectors.facts.CaseFacts` does.
    """

    case = TenantForeignKey(Case, related_name="assessments")
    made_at = models.DateTimeField(default=timezone.now)
    evaluated_on = models.DateField()
    edition_version = models.CharField(max_length=40)
    edition_hash = models.CharField(max_length=64)
    #: Which engine read the edition: `guidance.engine.fingerprint`; empty where it was not kept.
    engine = models.CharField(max_length=64, blank=True)
    facts = models.JSONField()
    origins = models.JSONField()
    answer = models.JSONField()
    scenario = models.CharField(max_length=60)
    branch = models.CharField(max_length=20, blank=True)
    board_level = models.CharField(max_length=10, choices=BoardLevel.choices)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "case", "-made_at"], name="assessment_by_case"),
        ]
