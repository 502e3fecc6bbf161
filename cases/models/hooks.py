"""Systems that ask by CDS Hooks, the cards that they got, and what became of these."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class HookOutcome(models.TextChoices):
    """What a person did with a card, as CDS Hooks name it."""

    ACCEPTED = "accepted", "Accepted"
    OVERRIDDEN = "overridden", "Overridden"


@keep_history_of("client", "issuer", "fhir_server", "registered_by")
class HookClient(TenantModel):
    """An API client that is an EHR: how its JWTs name it, and where its FHIR server is."""

    client = TenantForeignKey(ApiClient, related_name="+")
    #: The `iss` of its JWTs.
    issuer = models.CharField(max_length=400)
    #: The only server that is asked back; empty: none is.
    fhir_server = models.CharField(max_length=400, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "client"], name="hook_client_once"),
            models.UniqueConstraint(fields=["institution", "issuer"], name="hook_issuer_once"),
        ]


class HookCard(TenantModel):
    """A card that was given; its id is the card's. Whom it was about is not kept here.

    Append-only. What it was about the guidance says by its codes.
    """

    client = TenantForeignKey(ApiClient, related_name="+")
    hook = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    indicator = models.CharField(max_length=10)
    edition = models.CharField(max_length=40)
    scenario = models.CharField(max_length=60)
    #: Procedure codes of the guidance: what was ordered, and what is recommended.
    ordered = models.CharField(max_length=30, blank=True)
    recommended = models.CharField(max_length=30, blank=True)
    #: Ids of its suggestions, the one for `recommended` first.
    suggestions = ArrayField(models.UUIDField(), default=list)
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "-given_at"], name="hook_card_by_time"),
        ]


class HookFeedback(TenantModel):
    """What became of a card. Append-only; what a person wrote beside it is not kept."""

    card = TenantForeignKey(HookCard, related_name="feedback")
    outcome = models.CharField(max_length=10, choices=HookOutcome.choices)
    accepted = ArrayField(models.UUIDField(), default=list)
    reason_system = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=HookOutcome.values),
                name="hook_feedback_known_outcome",
            ),
            models.UniqueConstraint(
                fields=["institution", "card", "outcome", "happened_at"],
                name="hook_feedback_once",
            ),
        ]
