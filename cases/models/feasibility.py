"""What stands in the way of an examination: devices and allergies of a patient."""

from typing import Any, ClassVar

from django.db import models

from cases.models.entered import Entered
from cases.models.patient import Patient
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class DeviceKind(models.TextChoices):
    """What is implanted."""

    PACEMAKER = "pacemaker", "Pacemaker"
    DEFIBRILLATOR = "defibrillator", "Defibrillator"
    NEUROSTIMULATOR = "neurostimulator", "Neurostimulator"
    COCHLEAR_IMPLANT = "cochlear_implant", "Cochlear implant"
    INFUSION_PUMP = "infusion_pump", "Infusion pump"
    OTHER = "other", "Other"


class MriSafety(models.TextChoices):
    """What the device's papers say of MRI; empty means unknown."""

    SAFE = "safe", "MR safe"
    CONDITIONAL = "conditional", "MR conditional"
    UNSAFE = "unsafe", "MR unsafe"


@keep_history
class Device(Entered, TenantModel):
    """An implanted device."""

    patient = TenantForeignKey(Patient, related_name="devices")
    kind = models.CharField(max_length=20, choices=DeviceKind.choices)
    mri_safety = models.CharField(
        "safety in MRI", max_length=12, choices=MriSafety.choices, blank=True
    )
    implanted_on = models.DateField("implanted on", null=True, blank=True)
    removed_on = models.DateField("removed on", null=True, blank=True)
    checked_on = models.DateField("papers checked on", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DeviceKind.values), name="device_kind_known_value"
            ),
        ]


class Substance(models.TextChoices):
    """What a patient reacted to."""

    IODINATED_CONTRAST = "iodinated_contrast", "Iodinated contrast"
    GADOLINIUM_CONTRAST = "gadolinium_contrast", "Gadolinium contrast"
    OTHER = "other", "Other"


class ReactionSeverity(models.TextChoices):
    """How bad the reaction was; empty means unknown."""

    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    SEVERE = "severe", "Severe"


@keep_history
class Allergy(Entered, TenantModel):
    """A reaction to a substance."""

    patient = TenantForeignKey(Patient, related_name="allergies")
    substance = models.CharField(max_length=20, choices=Substance.choices)
    agent = models.CharField("which agent", max_length=120, blank=True)
    reaction = models.CharField(max_length=300, blank=True)
    severity = models.CharField(max_length=10, choices=ReactionSeverity.choices, blank=True)
    occurred_on = models.DateField("when", null=True, blank=True)
    #: Set where a later examination showed that the entry does not hold.
    refuted_on = models.DateField("refuted on", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(substance__in=Substance.values),
                name="allergy_substance_known_value",
            ),
        ]
