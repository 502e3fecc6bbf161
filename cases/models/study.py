"""One imaging examination."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.case import Case
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Modality(models.TextChoices):
    """Fact 87 of the data dictionary."""

    CT = "CT", "CT"
    MRI = "MRI", "MRI"
    PET_SSTR = "PET_SSTR", "SSTR PET/CT"
    PET_FDG = "PET_FDG", "FDG PET/CT"
    PET_FDOPA = "PET_FDOPA", "FDOPA PET/CT"
    SRS = "SRS", "Somatostatin receptor scintigraphy"
    US = "US", "Ultrasound"
    CEUS = "CEUS", "Contrast-enhanced ultrasound"
    EUS = "EUS", "Endoscopic ultrasound"


class OrderTarget(models.TextChoices):
    """Fact 82 of the data dictionary: what an order looks for."""

    LIVER_METASTASES = "liver_metastases", "Liver metastases"
    WHOLE_BODY = "whole_body", "Whole body"
    PRIMARY = "primary", "Primary tumor"
    CHEST = "chest", "Chest"
    BONE = "bone", "Bone"
    PELVIS = "pelvis", "Pelvis"
    UNSPECIFIED = "unspecified", "Not specified"


@keep_history
class Study(TenantModel):
    """One imaging examination: ordered, then performed; its result stands in `Result`."""

    case = TenantForeignKey(Case, related_name="studies")
    modality = models.CharField(max_length=12, choices=Modality.choices)
    #: Procedure code of the guidance; empty where only the modality is known.
    procedure = models.CharField(max_length=30, blank=True)
    ordered_on = models.DateField("ordered on", null=True, blank=True)
    performed_on = models.DateField("performed on", null=True, blank=True)
    multiphasic = models.BooleanField("multiphasic protocol", null=True, blank=True)
    dwi = models.BooleanField("diffusion-weighted imaging", null=True, blank=True)
    covers_pelvis = models.BooleanField("covers the pelvis", null=True, blank=True)
    target = models.CharField("what it looks for", max_length=20, choices=OrderTarget, blank=True)
    accession_number = models.CharField("accession number", max_length=60, blank=True)
    report = models.TextField("report", blank=True, max_length=50_000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(modality__in=Modality.values), name="study_modality_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(ordered_on__isnull=False) | models.Q(performed_on__isnull=False),
                name="study_ordered_or_performed",
            ),
            models.CheckConstraint(
                condition=models.Q(ordered_on__isnull=True)
                | models.Q(performed_on__isnull=True)
                | models.Q(performed_on__gte=models.F("ordered_on")),
                name="study_performed_after_order",
            ),
        ]

    @property
    def date(self) -> Any:
        """When it was performed, or ordered where it has not been performed."""
        return self.performed_on or self.ordered_on
