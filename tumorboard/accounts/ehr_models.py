"""The EHRs from which people of an institution open Tumorboard, and whom these know as whom."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Proof(models.TextChoices):
    """How this installation proves to an EHR's token endpoint who asks."""

    KEY = "key", "with the installation's own key (private_key_jwt)"
    SECRET = "secret", "with a client secret that the operator keeps"


@keep_history_of(
    "label",
    "fhir_base",
    "issuer",
    "client_id",
    "proof",
    "identifier_systems",
    "factor_values",
    "frame_origins",
    "stands_for_provider",
    "is_on",
)
class Ehr(TenantModel):
    """An EHR that may launch Tumorboard. Never deleted: who came by it stays known.

    No secret stands here: see `sso.reach`.
    """

    #: On the button, and where people read which system knows them.
    label = models.CharField(max_length=60)
    #: SMART's `iss`: the address of its FHIR server, to the last byte. It never changes.
    fhir_base = models.CharField(max_length=400)
    #: OpenID's issuer, of whom ID tokens are. It never changes: subjects differ only within it.
    issuer = models.CharField(max_length=400)
    client_id = models.CharField(max_length=200)
    proof = models.CharField(max_length=8, choices=Proof.choices, default=Proof.KEY)
    #: Systems of its patients' identifiers whose values are our record numbers.
    identifier_systems = models.JSONField(default=list)
    #: What it says when it asked for a second factor; none: it never counts as one.
    factor_values = models.JSONField(default=list)
    #: Origins whose pages may show, in a frame, the page that opens a window of its own.
    frame_origins = models.JSONField(default=list)
    #: Whether coming by it counts as coming by an identity provider where one must.
    stands_for_provider = models.BooleanField(default=False)
    is_on = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: What is to hold instead once somebody else has confirmed it, as `ehrs.terms.Terms`.
    proposal = models.JSONField(null=True, blank=True)
    #: Who wrote what nobody else has confirmed yet: the proposal, or all of it while it is off.
    unconfirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "fhir_base"], name="ehr_address_once"),
            models.CheckConstraint(
                condition=models.Q(proof__in=Proof.values), name="ehr_proof_known_value"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class EhrLink(TenantModel):
    """Which person an EHR means by a subject."""

    ehr = TenantForeignKey(Ehr, related_name="links")
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    linked_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "ehr", "subject"], name="ehr_link_subject_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "ehr", "user"], name="ehr_link_person_once"
            ),
        ]
