"""Systems that ask by CDS Hooks, the cards that they got, and what became of these."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils import timezone

from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class HookOutcome(models.TextChoices):
    """What a person did with a card, as CDS Hooks name it."""

    ACCEPTED = "accepted", "Accepted"
    OVERRIDDEN = "overridden", "Overridden"


@keep_history_of(
    "client",
    "issuer",
    "tenant",
    "subject",
    "fhir_server",
    "origins",
    "registered_by",
    "switched_off_at",
)
class HookClient(TenantModel):
    """An API client that is an EHR: how its JWTs name it, and where its FHIR server is."""

    client = TenantForeignKey(ApiClient, related_name="+")
    #: The `iss` of its JWTs.
    issuer = models.CharField(max_length=400)
    #: The `tenant` and the `sub` of its JWTs; empty: whatever stands there.
    tenant = models.CharField(max_length=200, blank=True, default="", db_default="")
    subject = models.CharField(max_length=200, blank=True, default="", db_default="")
    #: The only server that is asked back; empty: none is.
    fhir_server = models.CharField(max_length=400, blank=True)
    #: Where pages come from whose scripts may read the answers (CORS); mostly none.
    origins = ArrayField(
        models.CharField(max_length=200), blank=True, default=list, db_default=Value([])
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    switched_off_at = models.DateTimeField(null=True, blank=True)
    #: To the minute; and when a call with its signature was refused last, and why.
    called_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=600, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "client"], name="hook_client_once"),
            models.UniqueConstraint(fields=["institution", "issuer"], name="hook_issuer_once"),
        ]


class HookCard(TenantModel):
    """A card that was given; its id is the card's. Whom it was about is not kept here.

    Never changed, and removed when it is old. What it was about the guidance says by its codes.
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
    """What became of a card. Never changed; what a person wrote beside it is not kept."""

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


class HookTally(TenantModel):
    """How many cards of one day and kind had which end: what remains when these are removed.

    Append-only.
    """

    day = models.DateField()
    client = TenantForeignKey(ApiClient, related_name="+")
    hook = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    #: Empty where nobody told what became of them.
    outcome = models.CharField(max_length=10, choices=HookOutcome.choices, blank=True)
    reason_system = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    cards = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", *HookOutcome.values]),
                name="hook_tally_known_outcome",
            ),
            models.UniqueConstraint(
                fields=[
                    "institution", "day", "client", "hook", "kind", "outcome", "reason_system",
                    "reason",
                ],
                name="hook_tally_once",
            ),
        ]  # fmt: skip
