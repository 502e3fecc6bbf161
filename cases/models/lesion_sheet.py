"""What a person says of all lesions of one study together."""

from typing import Any, ClassVar

from django.db import models

from cases.models.case import Case
from cases.models.entered import Entered
from cases.models.study import Study
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class LesionSheet(Entered, TenantModel):
    """The lesions of one study as a whole. Yes-or-no columns are null where nobody says."""

    study = TenantForeignKey(Study, related_name="lesion_sheets")
    case = TenantForeignKey(Case, related_name="lesion_sheets")
    new_lesions = models.BooleanField("new lesions", null=True, blank=True)
    #: A nodule inside a lesion that is new or grows (Choi).
    growing_nodules = models.BooleanField(
        "new or growing nodule inside a lesion", null=True, blank=True
    )
    #: Whether every lesion that the study shows in the liver is among those recorded.
    every_liver_lesion = models.BooleanField("every liver lesion recorded", null=True, blank=True)
    #: Response is read from this study on, as at the start of another treatment.
    baseline = models.BooleanField("baseline", default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "study"], name="lesion_sheet_once_per_study"
            ),
        ]
