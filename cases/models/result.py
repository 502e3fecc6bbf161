"""What a study showed, as entered by a person."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.study import Study
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Outcome(models.TextChoices):
    """Fact 101 of the data dictionary."""

    POSITIVE = "positive", "Positive"
    NEGATIVE = "negative", "Negative"
    INDETERMINATE = "indeterminate", "Indeterminate"
    RESPONSE = "response", "Response"
    STABLE = "stable", "Stable"
    PROGRESSION = "progression", "Progression"
    COMPLICATION = "complication", "Complication of treatment"


class ResponseBasis(models.TextChoices):
    """Fact 103: what the response was read from; empty means unknown."""

    SIZE_ONLY = "size_only", "Size only"
    SIZE_AND_ENHANCEMENT = "size_and_enhancement", "Size and enhancement"


class Change(models.TextChoices):
    """Facts 105 and 106: direction of a change; empty means unknown."""

    INCREASE = "increase", "Increase"
    STABLE = "stable", "Stable"
    DECREASE = "decrease", "Decrease"


class ComplicationType(models.TextChoices):
    """Fact 110; empty means unknown."""

    ABSCESS = "abscess", "Abscess"
    BILIARY_OBSTRUCTION = "biliary_obstruction", "Biliary obstruction"
    NON_TARGET_EMBOLISATION = "non_target_embolisation", "Non-target embolization"
    OTHER = "other", "Other"
    NONE = "none", "None"


class SstrUptake(models.TextChoices):
    """Fact 91 of the data dictionary, of a receptor study; empty means unknown."""

    POSITIVE = "positive", "Positive"
    NEGATIVE = "negative", "Negative"
    HETEROGENEOUS = "heterogeneous", "Heterogeneous"


class FdgUptake(models.TextChoices):
    """Fact 96 of the data dictionary, of an FDG study; empty means unknown."""

    POSITIVE = "positive", "Positive"
    NEGATIVE = "negative", "Negative"


@keep_history
class Result(TenantModel):
    """The result of one study. Yes-or-no columns are null where the answer is unknown."""

    study = TenantForeignKey(Study, related_name="results")
    case = TenantForeignKey(Case, related_name="results")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    summary = models.TextField("in words", blank=True, max_length=5_000)
    response_basis = models.CharField(max_length=25, choices=ResponseBasis.choices, blank=True)
    new_lesions = models.BooleanField(null=True, blank=True)
    size_change = models.CharField(max_length=10, choices=Change.choices, blank=True)
    attenuation_or_enhancement_change = models.CharField(
        max_length=10, choices=Change.choices, blank=True
    )
    new_enhancement_in_treated_lesion = models.BooleanField(null=True, blank=True)
    intratumoral_haemorrhage = models.BooleanField(null=True, blank=True)
    necrosis_without_shrinkage = models.BooleanField(null=True, blank=True)
    complication_type = models.CharField(
        max_length=25, choices=ComplicationType.choices, blank=True
    )
    result_hinges_on_sstr_status = models.BooleanField(null=True, blank=True)
    imaging_clinical_discordant = models.BooleanField(null=True, blank=True)
    report_complex_or_subtle = models.BooleanField(null=True, blank=True)
    extrahepatic_sites_reviewed = models.BooleanField(null=True, blank=True)
    sstr_result = models.CharField(
        max_length=15, choices=SstrUptake.choices, blank=True, default="", db_default=""
    )
    krenning_grade = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(4)]
    )
    sstr_uptake_homogeneous = models.BooleanField(null=True, blank=True)
    sstr_suvmax = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    fdg_result = models.CharField(
        max_length=10, choices=FdgUptake.choices, blank=True, default="", db_default=""
    )
    #: What the measurements said when a person kept another outcome, and why it was kept.
    kept_against = models.JSONField(null=True, blank=True, editable=False)
    kept_reason = models.CharField("reason", max_length=500, blank=True, default="", db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "study"], name="result_once_per_study"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="result_outcome_known_value"
            ),
        ]
