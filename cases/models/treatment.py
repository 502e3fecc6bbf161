"""A treatment that was given."""

from typing import Any, ClassVar

from django.db import models

from cases.models.case import Case
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class TreatmentType(models.TextChoices):
    """Fact 55 of the data dictionary."""

    SURGERY_PRIMARY = "surgery_primary", "Surgery of the primary"
    SURGERY_LIVER = "surgery_liver", "Liver surgery"
    TRANSPLANT = "transplant", "Liver transplantation"
    DEBULKING = "debulking", "Debulking surgery"
    TACE = "TACE", "Chemoembolization (TACE)"
    TAE = "TAE", "Bland embolization (TAE)"
    TARE = "TARE", "Radioembolization (TARE)"
    ABLATION = "ablation", "Ablation"
    SSA = "SSA", "Somatostatin analog"
    IFN = "IFN", "Interferon alfa"
    EVEROLIMUS = "everolimus", "Everolimus"
    SUNITINIB = "sunitinib", "Sunitinib"
    CHEMO = "chemo", "Chemotherapy"
    PLATINUM_CHEMO = "platinum_chemo", "Platinum-based chemotherapy"
    PRRT = "PRRT", "Peptide receptor radionuclide therapy (PRRT)"
    OTHER = "other", "Other"


@keep_history
class Treatment(TenantModel):
    """One treatment; dates and whether it goes on may be unknown."""

    case = TenantForeignKey(Case, related_name="treatments")
    type = models.CharField(max_length=20, choices=TreatmentType.choices)
    start = models.DateField("started on", null=True, blank=True)
    end = models.DateField("ended on", null=True, blank=True)
    ongoing = models.BooleanField("still going on", null=True, blank=True)
    target = models.CharField("what it was aimed at", max_length=120, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(type__in=TreatmentType.values), name="treatment_type_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(start__isnull=True)
                | models.Q(end__isnull=True)
                | models.Q(end__gte=models.F("start")),
                name="treatment_ends_after_start",
            ),
        ]
