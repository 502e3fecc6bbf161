"""Addresses of other systems that are told of events, and what became of each telling."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.event import Event, EventKind
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import SealedJSONField

#: What an administrator sends to try an endpoint; no event.
TEST = "webhook.test"
#: What a subscription is sent before it is active, and where nothing happened for long; no events.
HANDSHAKE, HEARTBEAT = "subscription.handshake", "subscription.heartbeat"
NO_EVENTS = (
    (TEST, "A test of the endpoint"),
    (HANDSHAKE, "The handshake of a subscription"),
    (HEARTBEAT, "A sign that a subscription lives"),
)


class EndpointState(models.TextChoices):
    """Whether an endpoint is told."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    REMOVED = "removed", "Removed"


class DeliveryState(models.TextChoices):
    """Where a delivery is in its life."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    DEAD = "dead", "Given up"
    WITHHELD = "withheld", "Withheld"


class Fault(models.TextChoices):
    """Why an attempt failed."""

    NOT_ALLOWED = "not_allowed", "The address lies where the server may not ask"
    NO_HOST = "no_host", "The host is not known"
    UNREACHABLE = "unreachable", "The host does not answer"
    TOO_SLOW = "too_slow", "No answer in time"
    UNTRUSTED = "untrusted", "The certificate is not trusted"
    REDIRECTED = "redirected", "The answer leads elsewhere"
    REFUSED = "refused", "The answer is no success"
    GONE = "gone", "The endpoint says that it is gone"
    NOT_HTTP = "not_http", "The answer is no HTTP"


@keep_history_of(
    "label",
    "address",
    "kinds",
    "state",
    "restricted_asked_by",
    "restricted_granted_by",
    "saved_by",
)
class WebhookEndpoint(TenantModel):
    """Where one system of the institution takes events.

    `secrets` holds what signs, as `{"current": …, "former": …}`; the former one signs too until
    `former_until`. Of a FHIR Subscription (`is_subscription`) it holds the headers that are sent:
    `{"headers": ["Name: value"]}`. What is sealed is in no history.
    """

    label = models.CharField("name", max_length=80)
    address = models.CharField("address", max_length=500)
    #: Values of `EventKind`.
    kinds = ArrayField(models.CharField(max_length=40, choices=EventKind.choices))
    state = models.CharField(
        max_length=10, choices=EndpointState.choices, default=EndpointState.ACTIVE
    )
    #: Known here too, since who writes an event may not see whom a subscription is about.
    is_subscription = models.BooleanField(default=False, db_default=False, editable=False)
    secrets = SealedJSONField(purpose="webhook.secrets", editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    #: Events of restricted cases are sent where an administrator asked for it and somebody who
    #: reviews broken glass granted it.
    restricted_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    restricted_granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    #: When the first of the attempts failed of which none succeeded since; None while it works.
    failing_since = models.DateTimeField(null=True, editable=False)
    #: Until when a host that did not answer is left alone, whatever else waits for it.
    rests_until = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=EndpointState.values),
                name="webhook_endpoint_state_known_value",
            ),
            # Two people, each with a right that the other need not have.
            models.CheckConstraint(
                condition=models.Q(restricted_granted_by=None)
                | models.Q(restricted_asked_by__isnull=False)
                & ~models.Q(restricted_granted_by=models.F("restricted_asked_by")),
                name="webhook_endpoint_restricted_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def sees_restricted(self) -> bool:
        """Whether it is told of restricted cases."""
        return self.restricted_granted_by_id is not None


class WebhookDelivery(TenantModel):
    """One event for one endpoint, until it is delivered or given up.

    `stream` and `sequence` repeat those of the event, `case` hides it as the event is hidden.
    A test has no event, and a stream of its own. `number` counts the events of one subscription.
    """

    endpoint = TenantForeignKey(WebhookEndpoint, related_name="deliveries")
    event = TenantForeignKey(Event, null=True, related_name="deliveries")
    case = TenantForeignKey(Case, null=True, related_name="+")
    kind = models.CharField(max_length=40, choices=[*EventKind.choices, *NO_EVENTS])
    stream = models.UUIDField()
    sequence = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True, editable=False)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    #: By the database's clock, as all that is waited for.
    due_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "endpoint", "event"], name="webhook_delivery_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values),
                name="webhook_delivery_state_known_value",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "endpoint", "stream", "sequence"],
                condition=models.Q(state=DeliveryState.WAITING),
                name="webhook_delivery_waiting",
            ),
            models.Index(
                fields=["institution", "endpoint", "state", "-made_at"],
                name="webhook_delivery_by_state",
            ),
            models.Index(
                fields=["institution", "state", "ended_at"], name="webhook_delivery_ended"
            ),
        ]

    @property
    def message_id(self) -> str:
        """What the receiver knows it by, the same in every attempt."""
        return str(self.event_id or self.pk)
