"""What somebody follows by a FHIR Subscription: one topic, how much of it, for whom."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.board import Board
from cases.models.event import EventKind
from cases.models.patient import Patient
from cases.models.webhook import EndpointState, WebhookEndpoint
from tumorboard.tenancy.models import TenantForeignKey, TenantModel

#: [INT] A sweep sends what says that nothing happened, so it cannot come more often than this.
SHORTEST_HEARTBEAT_SECONDS = 300
#: What an attempt takes at most; who asks for less cannot be given it.
SHORTEST_TIMEOUT_SECONDS = 15


class Content(models.TextChoices):
    """How much a notification says (backport-content-value-set)."""

    EMPTY = "empty", "That something happened"
    ID_ONLY = "id-only", "Ids"
    FULL = "full-resource", "Whole resources"


class Phase(models.TextChoices):
    """Where it stands, as far as its owner says; whether its address answers the endpoint knows."""

    REQUESTED = "requested", "Asked for"
    RUNNING = "running", "Running"
    OFF = "off", "Switched off"


class Status(models.TextChoices):
    """R4's subscription-status."""

    REQUESTED = "requested", "Waiting for the handshake"
    ACTIVE = "active", "Active"
    ERROR = "error", "Failed"
    OFF = "off", "Switched off"


class Subscription(TenantModel):
    """One topic that somebody follows, at an endpoint of its own.

    The endpoint has the address, the one kind of event and, sealed, the headers that are sent. What
    its owner may not see or read any more, the subscription is told no more.
    """

    endpoint = TenantForeignKey(WebhookEndpoint, related_name="subscriptions")
    #: With whose rights and eyes it is told: an API client's own user, or a person.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: Of whom alone it is told, where that was asked for.
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    board = TenantForeignKey(Board, null=True, related_name="+")
    content = models.CharField(max_length=20, choices=Content.choices)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.REQUESTED)
    reason = models.CharField(max_length=500)
    #: ContactPoints, as they came.
    contact = models.JSONField(default=list)
    ends_at = models.DateTimeField(null=True)
    heartbeat_seconds = models.PositiveIntegerField(null=True)
    timeout_seconds = models.PositiveIntegerField(null=True)
    max_count = models.PositiveIntegerField(null=True)
    #: How many events it was to be told of; the number of the last one.
    events = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "endpoint"], name="subscription_endpoint_once"
            ),
            models.CheckConstraint(
                condition=models.Q(content__in=Content.values),
                name="subscription_content_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(phase__in=Phase.values), name="subscription_phase_known_value"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "owner"], name="subscription_by_owner"),
        ]

    @property
    def kind(self) -> EventKind:
        """What it is told of."""
        return EventKind(self.endpoint.kinds[0])

    @property
    def host(self) -> str:
        """Where it is told; the rest of the address may be a secret of the receiver."""
        return urlsplit(self.endpoint.address).netloc

    @property
    def status(self) -> Status:
        """How R4 says where it stands."""
        if self.phase == Phase.OFF:
            return Status.OFF
        if self.phase == Phase.REQUESTED:
            return Status.REQUESTED
        return Status.ACTIVE if self.endpoint.state == EndpointState.ACTIVE else Status.ERROR
