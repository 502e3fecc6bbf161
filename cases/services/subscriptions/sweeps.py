"""What returns for subscriptions: the end of those whose time is over, and signs of life."""

import datetime
from typing import Any

from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import Subscription, WebhookDelivery
from cases.models.subscription import Phase
from cases.models.webhook import HEARTBEAT, DeliveryState, EndpointState
from cases.services.subscriptions.writing import switch_off
from cases.services.webhooks.deliveries import ask
from tumorboard.tenancy.models import Institution, new_id

SWEEP_SIZE = 500
TO_IT = "endpoint__deliveries"


def look_after(_: Institution) -> None:
    """Look after the subscriptions of the current institution."""
    now = timezone.now()
    standing = Subscription.objects.exclude(phase=Phase.OFF).exclude(
        endpoint__state=EndpointState.REMOVED
    )
    for over in standing.filter(ends_at__lte=now)[:SWEEP_SIZE]:
        switch_off(subscription=over, by=None)
    beating = standing.filter(
        phase=Phase.RUNNING,
        endpoint__state=EndpointState.ACTIVE,
        heartbeat_seconds__isnull=False,
    ).annotate(
        told_at=Max(f"{TO_IT}__ended_at", filter=Q(**{f"{TO_IT}__state": DeliveryState.DELIVERED})),
        beat_at=Max(f"{TO_IT}__made_at", filter=Q(**{f"{TO_IT}__kind": HEARTBEAT})),
    )
    for subscription in beating:
        _beat(subscription, now)


def _beat(subscription: Any, now: datetime.datetime) -> None:
    """Send a sign of life where nothing arrived for long enough, and none is tried already.

    What only waits to be sent is no sign: it may wait for a day.
    """
    signs = (subscription.told_at or subscription.changed_at, subscription.beat_at)
    period = datetime.timedelta(seconds=subscription.heartbeat_seconds)
    if max(filter(None, signs)) + period > now:
        return
    delivery = WebhookDelivery.objects.create(
        endpoint=subscription.endpoint,
        kind=HEARTBEAT,
        stream=new_id(),
        sequence=0,
        due_at=Now(),
    )
    ask(delivery)
