"""A treatment that was given."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
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


SURGICAL = frozenset(
    {
        TreatmentType.SURGERY_PRIMARY,
        TreatmentType.SURGERY_LIVER,
        TreatmentType.TRANSPLANT,
        TreatmentType.DEBULKING,
    }
)
LIVER_DIRECTED = frozenset(
    {TreatmentType.TACE, TreatmentType.TAE, TreatmentType.TARE, TreatmentType.ABLATION}
)
#: Medical therapy; PRRT comes after its failure (003 L652-L653).
MEDICAL = frozenset(
    {
        TreatmentType.SSA,
        TreatmentType.IFN,
        TreatmentType.EVEROLIMUS,
        TreatmentType.SUNITINIB,
        TreatmentType.CHEMO,
        TreatmentType.PLATINUM_CHEMO,
    }
)
RADIONUCLIDE = frozenset({TreatmentType.PRRT, TreatmentType.TARE})


class Intent(models.TextChoices):
    """What a treatment was meant to reach; empty means unknown."""

    CURATIVE = "curative", "Curative"
    NEOADJUVANT = "neoadjuvant", "Neoadjuvant"
    ADJUVANT = "adjuvant", "Adjuvant"
    CYTOREDUCTIVE = "cytoreductive", "Cytoreductive"
    DISEASE_CONTROL = "disease_control", "Disease control"
    SYMPTOM_CONTROL = "symptom_control", "Symptom control"


class BestResponse(models.TextChoices):
    """The best that a treatment reached, as recorded by a person; empty means unknown."""

    COMPLETE = "CR", "Complete response"
    PARTIAL = "PR", "Partial response"
    STABLE = "SD", "Stable disease"
    PROGRESSION = "PD", "Progressive disease"
    NOT_EVALUABLE = "NE", "Not evaluable"


class StopReason(models.TextChoices):
    """Why a treatment ended; empty means unknown."""

    COMPLETED = "completed", "Completed as planned"
    PROGRESSION = "progression", "Progression"
    TOXICITY = "toxicity", "Toxicity"
    PATIENT_WISH = "patient_wish", "The patient's wish"
    COMORBIDITY = "comorbidity", "Comorbidity"
    OTHER = "other", "Other"


class Margin(models.TextChoices):
    """Residual tumor after a resection; empty means unknown."""

    R0 = "R0", "R0, none"
    R1 = "R1", "R1, microscopic"
    R2 = "R2", "R2, macroscopic"
    RX = "RX", "RX, cannot be assessed"

    @property
    def words(self) -> str:
        """The margin for a reader: "R0, none" after the word margin reads as no margin at all."""
        return "R0, no residual tumor" if self is Margin.R0 else str(self.label)


@keep_history
class Treatment(TenantModel):
    """One treatment; dates and whether it goes on may be unknown."""

    case = TenantForeignKey(Case, related_name="treatments")
    type = models.CharField(max_length=20, choices=TreatmentType.choices)
    start = models.DateField("started on", null=True, blank=True)
    end = models.DateField("ended on", null=True, blank=True)
    ongoing = models.BooleanField("still going on", null=True, blank=True)
    target = models.CharField("what it was aimed at", max_length=120, blank=True)
    agent = models.CharField(
        "agent or technique", max_length=120, blank=True, default="", db_default=""
    )
    #: Counts systemic and locoregional therapies from the first; empty for a resection.
    line = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    intent = models.CharField(
        max_length=20, choices=Intent.choices, blank=True, default="", db_default=""
    )
    cycles = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    activity_gbq = models.DecimalField(
        "activity in GBq, all cycles", max_digits=7, decimal_places=2, null=True, blank=True
    )
    best_response = models.CharField(
        "best response",
        max_length=2,
        choices=BestResponse.choices,
        blank=True,
        default="",
        db_default="",
    )
    stop_reason = models.CharField(
        "reason stopped",
        max_length=15,
        choices=StopReason.choices,
        blank=True,
        default="",
        db_default="",
    )
    margin = models.CharField(
        "resection margin",
        max_length=2,
        choices=Margin.choices,
        blank=True,
        default="",
        db_default="",
    )
    note = models.CharField(max_length=500, blank=True, default="", db_default="")

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

    def get_margin_display(self) -> str:  # type: ignore[no-redef]
        """The margin in the words of a reader; empty where it is unknown."""
        return Margin(self.margin).words if self.margin else ""
