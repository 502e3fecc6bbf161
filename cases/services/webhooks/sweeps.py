"""What returns for the deliveries of every institution: what was left lying, and what is old."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import WebhookDelivery, WebhookEndpoint
from cases.models.webhook import DeliveryState, EndpointState
from cases.services.subscriptions.sweeps import look_after
from cases.services.sweeps import in_each_institution
from cases.services.webhooks.deliveries import ask
from tumorboard.tenancy.models import Institution

#: After this long somebody should have looked; a message failed for good, or killed its workers.
LEFT_LYING = datetime.timedelta(minutes=5)
#: [INT] How long an endpoint may be paused before what waits for it is given up.
LONGEST_WAIT = datetime.timedelta(days=30)
#: [INT] How long it stands on the page what was delivered, and what was given up.
KEPT_FOR = datetime.timedelta(days=30)
KEPT_DEAD_FOR = datetime.timedelta(days=90)
SWEEP_SIZE = 500


def sweep() -> None:
    """Look after the deliveries of every institution, one at a time."""
    in_each_institution(_look_after)
    in_each_institution(look_after)


def _look_after(_: Institution) -> None:
    now = timezone.now()
    _forget_secrets(now)
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING)
    waiting.filter(made_at__lte=now - LONGEST_WAIT).update(state=DeliveryState.DEAD, ended_at=now)
    ended = WebhookDelivery.objects.filter(ended_at__lte=now - KEPT_FOR)
    ended.filter(state__in=[DeliveryState.DELIVERED, DeliveryState.WITHHELD]).delete()
    ended.filter(state=DeliveryState.DEAD, ended_at__lte=now - KEPT_DEAD_FOR).delete()
    before = waiting.filter(
        endpoint=OuterRef("endpoint"), stream=OuterRef("stream"), sequence__lt=OuterRef("sequence")
    )
    # What a subscription was not given a number for is counted while it is paused, too.
    resting = Q(endpoint__state=EndpointState.PAUSED, event__isnull=False) & (
        Q(endpoint__is_subscription=False) | Q(number__isnull=False)
    )
    left = waiting.exclude(Exists(before)).exclude(resting)
    for delivery in left.filter(due_at__lte=Now() - LEFT_LYING).order_by("due_at")[:SWEEP_SIZE]:
        ask(delivery)


def _forget_secrets(now: datetime.datetime) -> None:
    """Destroy former secrets whose day is over."""
    for endpoint in WebhookEndpoint.objects.select_for_update().filter(former_until__lte=now):
        endpoint.secrets = {"current": endpoint.secrets["current"]}
        endpoint.former_until = None
        endpoint.save(update_fields=["secrets", "former_until"])
