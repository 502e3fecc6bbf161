"""What returns for subscriptions: the end of those whose time is over, and signs of life."""

import datetime

from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import Subscription, WebhookDelivery
from cases.models.subscription import Phase
from cases.models.webhook import HEARTBEAT, EndpointState
from cases.services.subscriptions.writing import switch_off
from cases.services.webhooks.deliveries import ask
from tumorboard.tenancy.models import Institution, new_id

SWEEP_SIZE = 500


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
    ).annotate(told_at=Max("endpoint__deliveries__made_at"))
    for subscription in beating:
        _beat(subscription, now)


def _beat(subscription: Subscription, now: datetime.datetime) -> None:
    """Send a sign of life where nothing else was to be sent for long enough."""
    told_at = subscription.told_at or subscription.changed_at  # type: ignore[attr-defined]
    period = datetime.timedelta(seconds=subscription.heartbeat_seconds or 0)
    if told_at + period > now:
        return
    delivery = WebhookDelivery.objects.create(
        endpoint=subscription.endpoint,
        kind=HEARTBEAT,
        stream=new_id(),
        sequence=0,
        due_at=Now(),
    )
    ask(delivery)
