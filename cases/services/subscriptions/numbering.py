"""Giving events their number in a subscription: from 1, without gaps.

Not where the event is written: whoever signs a decision would wait for all others who write what
the same subscriber follows, and two could wait for each other. A worker does it before anything is
sent, under the lock of the subscription. What its owner may not hear gets no number, so that no gap
tells of it.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Subscription, WebhookDelivery
from cases.models.subscription import Phase
from cases.models.webhook import DeliveryState
from cases.selectors.subscriptions import may_hear


@transaction.atomic
def number_new(subscription: Subscription) -> set[UUID]:
    """Number what is new for a subscription.

    Returns:
        The streams of what was numbered or withheld, which somebody has to look at now.
    """
    new = WebhookDelivery.objects.filter(
        endpoint=subscription.endpoint_id,
        event__isnull=False,
        number=None,
        state=DeliveryState.WAITING,
    )
    if not new.exists():
        return set()
    rows = Subscription.objects.select_for_update(of=("self",))
    subscription = rows.select_related("owner", "endpoint").get(pk=subscription.pk)
    # Who resumes holds such rows before the subscription, and asks for them again.
    deliveries = new.select_for_update(of=("self",), skip_locked=True).select_related("case")
    streams = set()
    for delivery in deliveries.order_by("stream", "sequence"):
        if subscription.phase == Phase.OFF or not may_hear(subscription, delivery):
            delivery.state, delivery.ended_at = DeliveryState.WITHHELD, timezone.now()
        else:
            subscription.events += 1
            delivery.number = subscription.events
        delivery.save(update_fields=["state", "ended_at", "number"])
        streams.add(delivery.stream)
    subscription.save(update_fields=["events"])
    return streams
