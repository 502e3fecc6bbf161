"""Delivering events: in the order of each case, again and again for a day, then given up.

A delivery waits until those before it in its stream are delivered or given up; streams do not
wait for each other. A message of the outbox says to which endpoint and stream to go; whoever
takes it up sends what stands first there. An attempt runs in the transaction that notes what
became of it: where the worker is killed, it is made again, with the same id.
"""

import datetime
import logging
import secrets
import time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from cases.models import (
    Case,
    Event,
    Restriction,
    Subscription,
    WebhookDelivery,
    WebhookEndpoint,
)
from cases.models.subscription import Phase
from cases.models.webhook import HANDSHAKE, HEARTBEAT, TEST, DeliveryState, EndpointState, Fault
from cases.selectors.subscriptions import may_hear, wanting
from cases.services.errors import Refused
from cases.services.subscriptions.numbering import number_new
from cases.services.webhooks import transport
from cases.services.webhooks.faults import SendError
from cases.services.webhooks.messages import Message, body_of, notification_of
from cases.services.webhooks.notices import tell_paused
from cases.services.webhooks.reach import Reach
from cases.services.webhooks.signing import signed_headers
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.scope import current_institution

logger = logging.getLogger(__name__)

TOPIC = "webhooks.deliver"
#: [INT] How long the second attempt waits; doubled with each further one. With a fifth more at
#: random, so that what failed together does not come back together, 13 attempts take a day.
FIRST_WAIT = datetime.timedelta(seconds=20)
JITTER = 0.2
MOST_ATTEMPTS = 13
#: [INT] A handshake is somebody waiting to begin; whoever misses it asks for another one.
MOST_HANDSHAKES = 4
#: [INT] An endpoint to which nothing could be delivered for so long is paused when the next
#: delivery is given up.
FAILING_FOR = datetime.timedelta(hours=22)
#: [INT] How long a host that did not answer is left alone: what waits for it must not hold up
#: all workers one after another.
REST = datetime.timedelta(seconds=30)
#: How long to leave a stream in which another worker is sending.
BUSY = datetime.timedelta(seconds=15)
SILENT = (Fault.NO_HOST, Fault.UNREACHABLE, Fault.TOO_SLOW)


def plan(event: Event) -> None:
    """Ask for an event to be delivered to every endpoint that wants it.

    Called in the transaction that wrote it, so that deliveries stand in the order of events. An
    endpoint that is paused gets them when it is resumed.
    """
    there = WebhookEndpoint.objects.exclude(state=EndpointState.REMOVED).filter(
        kinds__contains=[event.kind]
    )
    endpoints = list(there.order_by("id"))
    if not endpoints:
        return
    is_restricted = _is_restricted(event.case_id)
    subscribed = [each for each in endpoints if each.is_subscription]
    followed = wanting(event, among=subscribed) if subscribed else set()
    for endpoint in endpoints:
        is_seen = endpoint.sees_restricted or not is_restricted
        if endpoint.pk in followed if endpoint.is_subscription else is_seen:
            delivery = WebhookDelivery.objects.create(
                endpoint=endpoint,
                event=event,
                case_id=event.case_id,
                kind=event.kind,
                stream=event.stream,
                sequence=event.sequence,
                due_at=Now(),
            )
            ask(delivery)


def ask(delivery: WebhookDelivery, *, after: datetime.timedelta | None = None) -> None:
    """Have a worker look at the stream of a delivery."""
    _ask(delivery.endpoint_id, delivery.stream, after=after)


def _ask(endpoint: UUID, stream: UUID, *, after: datetime.timedelta | None = None) -> None:
    enqueue(TOPIC, {"endpoint": str(endpoint), "stream": str(stream)}, after=after)


def deliver_next(payload: dict[str, Any]) -> None:
    """Send what stands first in a stream, where it is due; what a worker does.

    Args:
        payload: {"endpoint": its id, "stream": its id}.
    """
    endpoint = UUID(payload["endpoint"])
    subscription = _subscription_at(endpoint)
    if subscription is not None and (streams := number_new(subscription)):
        # Nothing is sent before that is written: a receiver that is slow would hold its lock.
        for stream in sorted(streams | {UUID(payload["stream"])}):
            _ask(endpoint, stream)
        return
    waiting = WebhookDelivery.objects.filter(
        endpoint=endpoint,
        stream=UUID(payload["stream"]),
        state=DeliveryState.WAITING,
    )
    first = waiting.annotate(is_due=Q(due_at__lte=Now())).order_by("sequence", "id").first()
    if first is None or not first.is_due:
        # Whoever made it wait asked for it again.
        return
    delivery = (
        waiting.select_for_update(of=("self",), skip_locked=True)
        .select_related("endpoint", "event", "case")
        .filter(pk=first.pk, due_at__lte=Now())
        .first()
    )
    if delivery is None:
        # Another worker sends it, and may end before it sees what was asked for since.
        ask(first, after=BUSY)
    elif _may_go(delivery, subscription):
        _attempt(delivery, subscription)


@transaction.atomic
def replay(*, delivery: WebhookDelivery, by: User) -> None:
    """Deliver anew what was given up; before whatever waits in its stream.

    Raises:
        Refused: it was not given up, or its endpoint was removed.
    """
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint")
    delivery = rows.get(pk=delivery.pk)
    if delivery.state != DeliveryState.DEAD or delivery.event_id is None:
        message = "This event was not given up."
        raise Refused(message)
    if delivery.endpoint.state == EndpointState.REMOVED:
        message = "This endpoint was removed."
        raise Refused(message)
    _begin_anew([delivery])
    record(action="webhook.replayed", subject=delivery.endpoint, by=by)


@transaction.atomic
def replay_all(*, endpoint: WebhookEndpoint, by: User) -> int:
    """Deliver anew all that was given up for an endpoint; how many there were."""
    rows = WebhookDelivery.objects.select_for_update().filter(
        endpoint=endpoint, state=DeliveryState.DEAD
    )
    given_up = list(rows.filter(event__isnull=False).order_by("id"))
    _begin_anew(given_up)
    record(action="webhook.replayed", subject=endpoint, by=by)
    return len(given_up)


def begin_waiting_anew(endpoint: WebhookEndpoint) -> None:
    """Let all that waits for an endpoint go now, with all its attempts; but what is being sent."""
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True)
    _begin_anew(
        list(rows.filter(endpoint=endpoint, state=DeliveryState.WAITING).order_by("sequence", "id"))
    )


def _begin_anew(deliveries: list[WebhookDelivery]) -> None:
    WebhookDelivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
        state=DeliveryState.WAITING, attempts=0, due_at=Now(), ended_at=None
    )
    for delivery in {each.stream: each for each in deliveries}.values():
        ask(delivery)


def _subscription_at(endpoint: UUID) -> Subscription | None:
    rows = Subscription.objects.select_related("endpoint", "owner", "board")
    return rows.filter(endpoint=endpoint).first()


def _may_go(delivery: WebhookDelivery, subscription: Subscription | None) -> bool:
    """Whether a delivery may be sent now; notes where not, and goes on."""
    endpoint = delivery.endpoint
    if endpoint.state == EndpointState.REMOVED or _is_kept_from(delivery, subscription):
        _end(delivery, DeliveryState.WITHHELD)
        return False
    if delivery.event_id is None:
        return True
    is_counted = delivery.number is not None or not endpoint.is_subscription
    if endpoint.state == EndpointState.PAUSED or not is_counted:
        # Whoever resumes it, or numbers it, asks again.
        return False
    if endpoint.rests_until is not None and endpoint.rests_until > timezone.now():
        _put_off(delivery, REST)
        return False
    return True


def _is_kept_from(delivery: WebhookDelivery, subscription: Subscription | None) -> bool:
    """Whether it must not be told this, by now."""
    if subscription is not None:
        return subscription.phase == Phase.OFF or not may_hear(subscription, delivery)
    return not delivery.endpoint.sees_restricted and _is_restricted(delivery.case_id)


def _is_restricted(case_id: UUID | None) -> bool:
    if case_id is None:
        return False
    patients = Case.objects.filter(pk=case_id).values("patient")
    return Restriction.objects.filter(patient__in=patients, lifted_at=None).exists()


def _attempt(delivery: WebhookDelivery, subscription: Subscription | None) -> None:
    endpoint = delivery.endpoint
    message = notification_of(delivery, subscription) if subscription else _signed(delivery)
    if message is None:
        # What it is about is there no more, or its owner does not see it.
        _end(delivery, DeliveryState.WITHHELD)
        return
    delivery.attempts += 1
    delivery.tried_at = timezone.now()
    reach = Reach.of(current_institution().slug)
    try:
        delivery.status_code = transport.post(
            endpoint.address, body=message.body, headers=message.headers, reach=reach
        )
    except SendError as error:
        delivery.status_code, delivery.fault = error.status_code, error.fault
        _failed(delivery, error.fault)
    else:
        delivery.fault = ""
        if delivery.kind != TEST and endpoint.failing_since is not None:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
                failing_since=None, rests_until=None
            )
        if delivery.kind == HANDSHAKE:
            _begin(endpoint)
        _end(delivery, DeliveryState.DELIVERED)


def _signed(delivery: WebhookDelivery) -> Message:
    body = body_of(delivery)
    headers = signed_headers(
        message_id=delivery.message_id,
        timestamp=int(time.time()),
        body=body,
        keys=_keys_of(delivery.endpoint),
    )
    return Message(body, headers)


def _begin(endpoint: WebhookEndpoint) -> None:
    """Tell a subscription whose address has answered, beginning with what was kept for it."""
    # Before the subscription and its endpoint, as whoever delivers does.
    begin_waiting_anew(endpoint)
    asked = Subscription.objects.filter(endpoint=endpoint, phase=Phase.REQUESTED)
    if asked.update(phase=Phase.RUNNING):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            state=EndpointState.ACTIVE, failing_since=None, rests_until=None
        )


def _keys_of(endpoint: WebhookEndpoint) -> list[str]:
    """What signs: the current secret, and for a day the one before."""
    held = endpoint.secrets
    has_former = endpoint.former_until is not None and endpoint.former_until > timezone.now()
    return [held["current"], *([held["former"]] if has_former else [])]


def _failed(delivery: WebhookDelivery, fault: Fault) -> None:
    logger.info("webhook delivery %s failed: %s", delivery.pk, fault)
    if delivery.event_id is None:
        _failed_without_event(delivery, fault)
        return
    _note_failing(delivery, fault)
    if fault != Fault.GONE and delivery.attempts < MOST_ATTEMPTS:
        _put_off(delivery, _wait_after(delivery.attempts))
        return
    _give_up(delivery, fault)


def _note_failing(delivery: WebhookDelivery, fault: Fault) -> None:
    """Note since when an address does not take what it is sent, and leave a silent one alone."""
    rest = Now() + REST if fault in SILENT else None
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(
        failing_since=Coalesce("failing_since", Now()), rests_until=rest
    )


def _give_up(delivery: WebhookDelivery, fault: Fault) -> None:
    """End a delivery in vain, and pause an endpoint that is gone or has failed for long."""
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    fails_for_long = endpoint.filter(failing_since__lte=Now() - FAILING_FOR)
    if fault == Fault.GONE or fails_for_long.exists():
        _pause(delivery)
    _end(delivery, DeliveryState.DEAD)


def _failed_without_event(delivery: WebhookDelivery, fault: Fault) -> None:
    if delivery.kind == HEARTBEAT:
        # The sweep sends another one after the next period.
        _note_failing(delivery, fault)
        _give_up(delivery, fault)
        return
    if delivery.kind == HANDSHAKE and delivery.attempts < MOST_HANDSHAKES:
        _put_off(delivery, _wait_after(delivery.attempts))
        return
    if delivery.kind == HANDSHAKE:
        # Asked for no more, and not active: so it failed.
        asked = Subscription.objects.filter(endpoint=delivery.endpoint_id, phase=Phase.REQUESTED)
        asked.update(phase=Phase.RUNNING)
    _end(delivery, DeliveryState.DEAD)


def _wait_after(attempts: int) -> datetime.timedelta:
    longer = 1 + JITTER * secrets.SystemRandom().random()
    return FIRST_WAIT * 2 ** (attempts - 1) * longer


def _pause(delivery: WebhookDelivery) -> None:
    """Tell an endpoint no more until somebody resumes it, and tell those who can."""
    active = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, state=EndpointState.ACTIVE)
    if active.update(state=EndpointState.PAUSED):
        record(action="webhook.paused", subject=delivery.endpoint, by=None)
        tell_paused(delivery.endpoint)


def _put_off(delivery: WebhookDelivery, wait: datetime.timedelta) -> None:
    delivery.due_at = Now() + wait
    delivery.save()
    ask(delivery, after=wait)


def _end(delivery: WebhookDelivery, state: DeliveryState) -> None:
    """Note how a delivery ended, and go on with the next one of its stream."""
    delivery.state, delivery.ended_at = state, timezone.now()
    delivery.save()
    waiting = WebhookDelivery.objects.filter(
        endpoint=delivery.endpoint_id, stream=delivery.stream, state=DeliveryState.WAITING
    )
    if waiting.exists():
        ask(delivery)
