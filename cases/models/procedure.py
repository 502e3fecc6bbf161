"""A procedure that changes what can be done later."""

from typing import Any, ClassVar

from django.db import models

from cases.models.case import Case
from cases.models.entered import Entered
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class ProcedureKind(models.TextChoices):
    """What was done."""

    WHIPPLE = "whipple", "Pancreatoduodenectomy (Whipple)"
    DISTAL_PANCREATECTOMY = "distal_pancreatectomy", "Distal pancreatectomy"
    TOTAL_PANCREATECTOMY = "total_pancreatectomy", "Total pancreatectomy"
    ENUCLEATION = "enucleation", "Enucleation"
    BILIOENTERIC_ANASTOMOSIS = "bilioenteric_anastomosis", "Other bilioenteric anastomosis"
    BILIARY_DRAIN = "biliary_drain", "Biliary drain"
    BILIARY_STENT = "biliary_stent", "Biliary stent or prosthesis"
    SPHINCTEROTOMY = "sphincterotomy", "Sphincterotomy"
    CHOLECYSTECTOMY = "cholecystectomy", "Cholecystectomy"
    PORTAL_VEIN_EMBOLIZATION = "portal_vein_embolization", "Portal vein embolization"
    OTHER = "other", "Other"


#: What can be taken out again.
REMOVABLE = frozenset({ProcedureKind.BILIARY_DRAIN, ProcedureKind.BILIARY_STENT})
#: Contraindicate most liver-directed therapies while they are there (004 L749-L752).
BILIARY = frozenset({ProcedureKind.WHIPPLE, ProcedureKind.BILIOENTERIC_ANASTOMOSIS, *REMOVABLE})
#: Resections of the pancreas.
PANCREATIC = frozenset(
    {
        ProcedureKind.WHIPPLE,
        ProcedureKind.DISTAL_PANCREATECTOMY,
        ProcedureKind.TOTAL_PANCREATECTOMY,
        ProcedureKind.ENUCLEATION,
    }
)


@keep_history
class Procedure(Entered, TenantModel):
    """One procedure; `removed_on` is for what can be taken out again."""

    case = TenantForeignKey(Case, related_name="procedures")
    kind = models.CharField(max_length=30, choices=ProcedureKind.choices)
    done_on = models.DateField("done on", null=True, blank=True)
    removed_on = models.DateField("removed on", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ProcedureKind.values),
                name="procedure_kind_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True)
                | models.Q(removed_on__isnull=True)
                | models.Q(removed_on__gte=models.F("done_on")),
                name="procedure_removed_after_done",
            ),
        ]
