"""The board's own reading of a study, beside the report."""

from typing import Any, ClassVar

from django.db import models

from cases.models.case import Case
from cases.models.entered import Entered
from cases.models.result import Outcome
from cases.models.study import Study
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Agreement(models.TextChoices):
    """How far the board's reading agrees with the report."""

    AGREE = "agree", "Agrees"
    MINOR = "minor", "Minor discrepancy"
    MAJOR = "major", "Major discrepancy"


@keep_history
class Rereading(Entered, TenantModel):
    """What the board sees on a study; the result as reported stays as it is."""

    study = TenantForeignKey(Study, related_name="rereadings")
    case = TenantForeignKey(Case, related_name="rereadings")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    agreement = models.CharField(max_length=10, choices=Agreement.choices)
    words = models.TextField("in words", blank=True, max_length=5_000)
    read_on = models.DateField("read on")
    read_by = models.CharField("read by", max_length=200)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="rereading_outcome_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(agreement__in=Agreement.values),
                name="rereading_agreement_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(agreement=Agreement.AGREE) | ~models.Q(words=""),
                name="rereading_discrepancy_in_words",
            ),
        ]
