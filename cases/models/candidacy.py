"""Why a case asks for the board."""

from typing import Any, ClassVar

from django.db import models

from cases.models.agenda_item import ListingReason
from cases.models.case import Case
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Candidacy(TenantModel):
    """One reason for which a case asks for the board, and how much it weighs.

    Repeats what follows from the record, so that a ranking of all cases needs no computing;
    written only by `cases.services.candidacies`. A row whose `begins_on` lies ahead asks nothing
    yet.
    """

    case = TenantForeignKey(Case, related_name="candidacies")
    reason = models.CharField(max_length=20, choices=ListingReason.choices)
    weight = models.PositiveSmallIntegerField()
    #: In words, such as which interval is overdue; no name.
    detail = models.CharField(max_length=300, blank=True)
    begins_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "case", "reason"], name="candidacy_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "begins_on", "case"], name="candidacy_by_day"),
        ]
