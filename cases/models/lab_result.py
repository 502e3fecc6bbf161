"""A value from the laboratory."""

from typing import Any, ClassVar

from django.db import models

from cases.models.case import Case
from cases.models.entered import Entered
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Comparator(models.TextChoices):
    """A value outside what the laboratory can measure; empty where it was measured."""

    BELOW = "<", "below"
    ABOVE = ">", "above"


@keep_history
class LabResult(Entered, TenantModel):
    """One value of one analyte, in the unit in which the laboratory gave it.

    `analyte` is a code of `cases.selectors.analytes`; conversions are made on reading and said.
    """

    case = TenantForeignKey(Case, related_name="lab_results")
    analyte = models.CharField(max_length=40)
    comparator = models.CharField(max_length=1, choices=Comparator.choices, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=30)
    lower_limit = models.DecimalField(
        "lower limit", max_digits=14, decimal_places=4, null=True, blank=True
    )
    upper_limit = models.DecimalField(
        "upper limit", max_digits=14, decimal_places=4, null=True, blank=True
    )
    taken_on = models.DateField("taken on")
    laboratory = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="lab_result_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(comparator__in=["", *Comparator.values]),
                name="lab_result_comparator_known_value",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "case", "analyte", "taken_on"], name="lab_result_by_analyte"
            ),
        ]
