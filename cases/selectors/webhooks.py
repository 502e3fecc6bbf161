"""Which systems are told of events, and what became of that."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cases.models import WebhookDelivery, WebhookEndpoint
from cases.models.webhook import DeliveryState, EndpointState

#: How many of the last deliveries stand on a page, and of those that were given up.
LAST = 20
MOST_DEAD = 200


def endpoints() -> list[WebhookEndpoint]:
    """The endpoints of the current institution by name, but those that were removed.

    Each has `dead`, how many deliveries to it were given up, and `waiting`, how many wait.
    """
    of_events = Q(deliveries__event__isnull=False)
    rows = _there().annotate(
        dead=Count("deliveries", filter=of_events & Q(deliveries__state=DeliveryState.DEAD)),
        waiting=Count("deliveries", filter=of_events & Q(deliveries__state=DeliveryState.WAITING)),
    )
    return list(rows.order_by("label", "id"))


def endpoint(endpoint_id: UUID) -> WebhookEndpoint | None:
    """One of them."""
    return _there().filter(pk=endpoint_id).first()


def asking_for_restricted() -> list[WebhookEndpoint]:
    """Endpoints that are to be told of restricted cases, or are: those to be judged first."""
    rows = _there().filter(restricted_asked_by__isnull=False)
    return sorted(rows.order_by("label", "id"), key=lambda each: each.sees_restricted)


def last_deliveries(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """What an endpoint was told last, newest first."""
    return list(endpoint.deliveries.order_by("-made_at", "-id")[:LAST])


def dead_letters(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """What could not be delivered and was given up, oldest first."""
    rows = endpoint.deliveries.filter(state=DeliveryState.DEAD, event__isnull=False)
    return list(rows.order_by("made_at", "id")[:MOST_DEAD])


def _there() -> QuerySet[WebhookEndpoint]:
    rows = WebhookEndpoint.objects.exclude(state=EndpointState.REMOVED)
    rows = rows.filter(is_subscription=False)
    return rows.select_related("saved_by", "restricted_asked_by", "restricted_granted_by")
