"""A lesion followed over studies, and its size on each."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.entered import Entered
from cases.models.study import Study
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Site(models.TextChoices):
    """Where a lesion lies; the metastatic sites are those of fact 36 of the data dictionary."""

    PANCREAS = "pancreas", "Pancreas"
    REGIONAL_LN = "regional_ln", "Regional lymph node"
    LIVER = "liver", "Liver"
    ABDOMINAL_LN = "abdominal_ln", "Abdominal lymph node"
    MEDIASTINAL_LN = "mediastinal_ln", "Mediastinal lymph node"
    BONE = "bone", "Bone"
    PERITONEUM = "peritoneum", "Peritoneum"
    LUNG = "lung", "Lung"
    BRAIN = "brain", "Brain"
    SPLEEN = "spleen", "Spleen"
    THYROID = "thyroid", "Thyroid"
    PITUITARY = "pituitary", "Pituitary"
    BREAST = "breast", "Breast"
    HEART = "heart", "Heart"
    MENINGES = "meninges", "Meninges"
    ORBIT = "orbit", "Orbit"
    OTHER = "other", "Other"


NODES = (Site.REGIONAL_LN, Site.ABDOMINAL_LN, Site.MEDIASTINAL_LN)


class LesionRole(models.TextChoices):
    """What a lesion counts as in response reading."""

    TARGET = "target", "Target"
    NON_TARGET = "non_target", "Non-target"
    NEW = "new", "New"


@keep_history
class Lesion(TenantModel):
    """One lesion; `label` is how the reports call it."""

    case = TenantForeignKey(Case, related_name="lesions")
    label = models.CharField(max_length=40)
    site = models.CharField(max_length=20, choices=Site.choices)
    #: Place on the body map inside the site, such as a liver segment; see the lesion pages.
    location = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=12, choices=LesionRole.choices)
    treated_locally = models.BooleanField("treated locally", null=True, blank=True)
    #: The lesion that this one has grown into, from the study `merged_on` on.
    merged_into = TenantForeignKey("self", null=True, blank=True, related_name="merged")
    #: The lesion that this one is a fragment of.
    split_from = TenantForeignKey("self", null=True, blank=True, related_name="fragments")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "case", "label"], name="lesion_label_once"
            ),
            models.CheckConstraint(
                condition=models.Q(site__in=Site.values), name="lesion_site_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=LesionRole.values), name="lesion_role_known_value"
            ),
        ]

    @property
    def is_node(self) -> bool:
        """Whether its short axis is what counts."""
        return self.site in NODES


class MeasurementState(models.TextChoices):
    """What was seen of a lesion on one study."""

    MEASURED = "measured", "Measured"
    TOO_SMALL = "too_small", "Too small to measure"
    PRESENT = "present", "Present, not measured"
    VANISHED = "vanished", "Vanished"
    PROGRESSION = "progression", "Unequivocal progression"
    MERGED = "merged", "Merged with another"
    NOT_EVALUABLE = "not_evaluable", "Not evaluable"


class MeasurementSource(models.TextChoices):
    """Where a measurement comes from."""

    PERSON = "person", "Entered by a person"
    DICOM_SR = "dicom_sr", "Confirmed from a DICOM report"


@keep_history
class Measurement(Entered, TenantModel):
    """A lesion on one study. Sizes are in mm; None where not measured."""

    lesion = TenantForeignKey(Lesion, related_name="measurements")
    study = TenantForeignKey(Study, related_name="measurements")
    case = TenantForeignKey(Case, related_name="measurements")
    state = models.CharField(
        max_length=15, choices=MeasurementState.choices, default=MeasurementState.MEASURED
    )
    longest_mm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    short_mm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    #: Longest diameter of the part that enhances in the arterial phase (mRECIST).
    enhancing_mm = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    #: Mean attenuation in the portal venous phase (Choi).
    attenuation_hu = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    suvmax = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    #: In 10^-3 mm2/s.
    adc = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    source = models.CharField(
        max_length=10, choices=MeasurementSource.choices, default=MeasurementSource.PERSON
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "lesion", "study"], name="measurement_once_per_study"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MeasurementState.values),
                name="measurement_state_known_value",
            ),
        ]
