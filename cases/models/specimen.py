"""What was taken from the tumor, and what pathology said of it."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cases.models.case import Case
from cases.models.entered import Entered
from cases.models.lesion import Site
from cases.models.treatment import Margin
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class SpecimenKind(models.TextChoices):
    """How the specimen was taken."""

    CYTOLOGY = "cytology", "Cytology (fine needle)"
    BIOPSY = "biopsy", "Biopsy (core)"
    RESECTION = "resection", "Resection"
    OTHER = "other", "Other"


class Differentiation(models.TextChoices):
    """Fact 8 of the data dictionary; empty means unknown."""

    WELL = "well", "Well differentiated"
    POOR = "poor", "Poorly differentiated"


class Subtype(models.TextChoices):
    """Fact 9 of the data dictionary; empty means unknown."""

    NET = "NET", "NET"
    NEC_SMALL_CELL = "NEC_small_cell", "NEC, small cell"
    NEC_LARGE_CELL = "NEC_large_cell", "NEC, large cell"
    MANEC = "MANEC", "MANEC"


class Grade(models.TextChoices):
    """Fact 12 of the data dictionary: the grade as the pathologist gave it; empty: unknown."""

    G1 = "G1", "G1"
    G2 = "G2", "G2"
    G3 = "G3", "G3"


class WhoVersion(models.TextChoices):
    """Fact 13 of the data dictionary: the edition that the pathologist graded by."""

    WHO2010 = "WHO2010", "WHO 2010"
    WHO2017 = "WHO2017", "WHO 2017"
    WHO2019 = "WHO2019", "WHO 2019"
    WHO2022 = "WHO2022", "WHO 2022"


@keep_history
class Specimen(Entered, TenantModel):
    """One specimen. Yes-or-no columns are None where the answer is unknown."""

    case = TenantForeignKey(Case, related_name="specimens")
    taken_on = models.DateField("taken on")
    reported_on = models.DateField("reported on", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=SpecimenKind.choices)
    site = models.CharField(max_length=20, choices=Site.choices)
    laboratory = models.CharField(max_length=200, blank=True)
    report_number = models.CharField("report number", max_length=60, blank=True)
    differentiation = models.CharField(max_length=5, choices=Differentiation.choices, blank=True)
    subtype = models.CharField(max_length=20, choices=Subtype.choices, blank=True)
    ki67_percent = models.DecimalField(
        "Ki-67 in %",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    mitoses_per_10hpf = models.DecimalField(
        "mitoses per 10 HPF",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(500)],
    )
    grade = models.CharField("grade as reported", max_length=2, choices=Grade.choices, blank=True)
    who_version = models.CharField(
        "graded by", max_length=10, choices=WhoVersion.choices, blank=True
    )
    chromogranin_a = models.BooleanField("chromogranin A stained", null=True, blank=True)
    synaptophysin = models.BooleanField("synaptophysin stained", null=True, blank=True)
    #: List of the hormones of fact 16; None where none was stained for.
    hormones = models.JSONField("hormones stained", null=True, blank=True)
    size_mm = models.DecimalField(
        "tumor size in mm", max_digits=5, decimal_places=1, null=True, blank=True
    )
    margin = models.CharField(max_length=2, choices=Margin.choices, blank=True)
    nodes_examined = models.PositiveSmallIntegerField(null=True, blank=True)
    nodes_positive = models.PositiveSmallIntegerField(null=True, blank=True)
    vascular_invasion = models.BooleanField(null=True, blank=True)
    perineural_invasion = models.BooleanField(null=True, blank=True)
    report = models.TextField(blank=True, max_length=50_000)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=SpecimenKind.values), name="specimen_kind_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(site__in=Site.values), name="specimen_site_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(nodes_examined__isnull=True)
                | models.Q(nodes_positive__isnull=True)
                | models.Q(nodes_positive__lte=models.F("nodes_examined")),
                name="specimen_nodes_positive_of_examined",
            ),
        ]

    def get_margin_display(self) -> str:  # type: ignore[no-redef]
        """The margin in the words of a reader; empty where it is unknown."""
        return Margin(self.margin).words if self.margin else ""
