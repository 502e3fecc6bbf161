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


class Contrast(models.TextChoices):
    """What was given to make vessels and lesions visible; empty means unknown."""

    NONE = "none", "None"
    IODINATED = "iodinated", "Iodinated"
    GADOLINIUM = "gadolinium", "Gadolinium, extracellular"
    GADOLINIUM_HEPATOBILIARY = "gadolinium_hepatobiliary", "Gadolinium, hepatobiliary"
    MICROBUBBLES = "microbubbles", "Microbubbles"
    OTHER = "other", "Other"


class Phase(models.TextChoices):
    """Fact 79 of the data dictionary: when after contrast the pictures were taken."""

    UNENHANCED = "unenhanced", "Unenhanced"
    EARLY_ARTERIAL = "early_arterial", "Early arterial"
    LATE_ARTERIAL = "late_arterial", "Late arterial"
    PANCREATIC = "pancreatic", "Pancreatic"
    PORTAL_VENOUS = "portal_venous", "Portal venous"
    DELAYED = "delayed", "Delayed"
    HEPATOBILIARY = "hepatobiliary", "Hepatobiliary"


class Sequence(models.TextChoices):
    """Sequences of an MRI."""

    T1 = "T1", "T1-weighted"
    T2 = "T2", "T2-weighted"
    CHEMICAL_SHIFT = "chemical_shift", "In and opposed phase"
    DWI = "DWI", "Diffusion-weighted"
    DYNAMIC = "dynamic", "Dynamic after contrast"
    MRCP = "MRCP", "MRCP"


class Region(models.TextChoices):
    """A part of the body that a study covers."""

    HEAD = "head", "Head"
    NECK = "neck", "Neck"
    CHEST = "chest", "Chest"
    ABDOMEN = "abdomen", "Abdomen"
    PELVIS = "pelvis", "Pelvis"
    EXTREMITIES = "extremities", "Extremities"


class Tracer(models.TextChoices):
    """Fact 92 of the data dictionary, and the tracers of the other nuclear studies."""

    DOTATATE = "DOTATATE", "DOTATATE"
    DOTATOC = "DOTATOC", "DOTATOC"
    DOTANOC = "DOTANOC", "DOTANOC"
    IN111_PENTETREOTIDE = "In111_pentetreotide", "Indium-111 pentetreotide"
    FDG = "FDG", "FDG"
    FDOPA = "FDOPA", "FDOPA"
    OTHER = "other", "Other"


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
    contrast = models.CharField(
        max_length=30, choices=Contrast.choices, blank=True, default="", db_default=""
    )
    #: Lists of `Phase`, `Sequence` and `Region`; None where nobody noted them.
    phases = models.JSONField("phases acquired", null=True, blank=True)
    sequences = models.JSONField("sequences acquired", null=True, blank=True)
    coverage = models.JSONField("regions covered", null=True, blank=True)
    tracer = models.CharField(
        max_length=25, choices=Tracer.choices, blank=True, default="", db_default=""
    )
    contrast_flow_ml_s = models.DecimalField(
        "contrast flow rate in ml/s", max_digits=4, decimal_places=1, null=True, blank=True
    )
    activity_mbq = models.DecimalField(
        "activity in MBq", max_digits=8, decimal_places=1, null=True, blank=True
    )
    ctdi_vol_mgy = models.DecimalField(
        "CTDIvol in mGy", max_digits=8, decimal_places=2, null=True, blank=True
    )
    dlp_mgy_cm = models.DecimalField(
        "dose-length product in mGy·cm", max_digits=9, decimal_places=1, null=True, blank=True
    )
    effective_dose_msv = models.DecimalField(
        "effective dose in mSv", max_digits=7, decimal_places=2, null=True, blank=True
    )
    performing_site = models.CharField(
        "performed at", max_length=200, blank=True, default="", db_default=""
    )
    reported_on = models.DateField("reported on", null=True, blank=True)
    accession_number = models.CharField("accession number", max_length=60, blank=True)
    #: DICOM StudyInstanceUID, by which archives and viewers know the study.
    study_uid = models.CharField(
        "study instance UID", max_length=64, blank=True, default="", db_default=""
    )
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
