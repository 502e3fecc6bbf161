"""A patient whose cases only a named list of members sees, and who opened one all the same."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.patient import Patient
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


@keep_history
class Restriction(TenantModel):
    """Hides one patient, with every case, from everybody who is not on its list.

    Of the patient and not of one case: another case of the same patient would show who it is. A
    case that is opened later is hidden with it.
    """

    patient = TenantForeignKey(Patient, related_name="restrictions")
    #: The case that somebody looked at when they restricted.
    case = TenantForeignKey(Case, related_name="+")
    reason = models.CharField("reason", max_length=500)
    restricted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    restricted_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "patient"],
                condition=models.Q(lifted_at=None),
                name="restriction_once",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="restriction_lifted_by_somebody",
            ),
        ]


@keep_history
class RestrictionMember(TenantModel):
    """One person on the list of one restriction."""

    restriction = TenantForeignKey(Restriction, related_name="members")
    #: Repeated, so that the list itself is hidden with its patient.
    patient = TenantForeignKey(Patient, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "restriction", "person"], name="restriction_member_once"
            ),
        ]
